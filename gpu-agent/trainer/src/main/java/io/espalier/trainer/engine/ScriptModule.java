package io.espalier.trainer.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptBridge;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compiled TorchScript text. Arguments: a tensor, a list of tensors or of lists of tensors, {@code
 * double[]}, {@code Double} or {@code Long}.
 */
final class ScriptModule {

  private final PtSymbolBlock block;

  private ScriptModule(PtSymbolBlock block) {
    this.block = block;
  }

  /** The module lives as long as {@code owner}. */
  static ScriptModule compile(NDManager owner, String methods) throws IOException {
    var file = Files.createTempFile("espalier", ".pt");
    try {
      Files.write(file, TorchArchive.of(methods));
      var nothing = new String[0];
      return new ScriptModule(
          JniUtils.loadModule((PtNDManager) owner, file, false, nothing, nothing, true));
    } finally {
      Files.delete(file);
    }
  }

  /**
   * {@code read} takes what it needs out of the result, which is closed after. {@code gradients}:
   * whether autograd records; native state per thread, so it is set for every call.
   */
  <R> R call(String method, boolean gradients, List<?> arguments, Function<IValue, R> read) {
    var values = new ArrayList<IValue>();
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(gradients);
    try {
      arguments.forEach(argument -> values.add(value(argument)));
      try (var result = ScriptBridge.run(block, method, values.toArray(IValue[]::new))) {
        return read.apply(result);
      }
    } catch (EngineException e) {
      throw EngineFailure.of(method, e);
    } finally {
      values.forEach(IValue::close);
    }
  }

  private static IValue value(Object argument) {
    return switch (argument) {
      case NDArray tensor -> IValue.from((PtNDArray) tensor);
      case List<?> groups when !groups.isEmpty() && groups.getFirst() instanceof List -> {
        var lists = groups.stream().map(ScriptModule::value).toArray(IValue[]::new);
        try {
          yield IValue.listFrom(lists);
        } finally {
          List.of(lists).forEach(IValue::close);
        }
      }
      case List<?> tensors -> IValue.listFrom(tensors.toArray(PtNDArray[]::new));
      case double[] numbers -> IValue.listFrom(numbers);
      case Double number -> IValue.from(number);
      case Long number -> IValue.from(number);
      default -> throw new IllegalArgumentException("cannot pass " + argument.getClass());
    };
  }
}
