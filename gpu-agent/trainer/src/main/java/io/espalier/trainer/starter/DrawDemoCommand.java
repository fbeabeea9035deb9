package io.espalier.trainer.starter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code draw-demo}: writes the demo's data set. */
@Command(
    name = "draw-demo",
    description = "Draws the demo's data set, pictograms in eight classes, as an image folder zip.",
    mixinStandardHelpOptions = true)
public final class DrawDemoCommand implements Callable<Integer> {

  @Parameters(paramLabel = "OUT.zip", description = "File to write.")
  private Path zip = Path.of("demo.zip");

  @Option(names = "--train", description = "Images per class to train on.")
  private int train = 60;

  @Option(names = "--test", description = "Images per class to test on.")
  private int test = 20;

  @Override
  public Integer call() throws IOException {
    DrawDemo.to(zip, train, test);
    return 0;
  }
}
