package io.espalier.trainer.data;

import io.espalier.models.family.Head;
import java.util.List;

/**
 * What is asked of each sample.
 *
 * @param head that answers it
 * @param classes names of the head's rows
 */
public record Question(Head head, List<String> classes) {

  public Question {
    classes = List.copyOf(classes);
  }

  /** Which one of these classes. */
  public static Question ofOneClass(List<String> classes) {
    return new Question(Head.Classification.of(classes.size()), classes);
  }

  /** Which of these classes. */
  public static Question ofSeveralClasses(List<String> classes) {
    return new Question(new Head.Classification(classes.size(), Head.Targets.MULTI_LABEL), classes);
  }

  /** A number of this name. */
  public static Question ofNumber(String name) {
    return new Question(new Head.Classification(1, Head.Targets.REGRESSION), List.of(name));
  }

  /** Which of these tags each word has. */
  public static Question ofTags(List<String> tags) {
    return new Question(new Head.TokenClassification(tags.size()), tags);
  }

  /** In a sentence, after a number of samples. */
  public String told() {
    return switch (head) {
      case Head.Classification(int labels, var targets) ->
          switch (targets) {
            case SINGLE_LABEL -> labels + " classes";
            case MULTI_LABEL -> labels + " classes, of which several may apply";
            case REGRESSION -> "numbers to be told";
          };
      case Head.TokenClassification(int labels) -> labels + " tags of words";
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("no question is answered by " + head);
    };
  }
}
