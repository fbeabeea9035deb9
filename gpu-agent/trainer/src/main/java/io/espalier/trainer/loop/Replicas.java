package io.espalier.trainer.loop;

/**
 * The processes that train one model together, each on its part of every batch. All of them call
 * the same methods in the same order; each waits for the others.
 */
public interface Replicas {

  /** A training by itself. */
  Replicas ALONE =
      new Replicas() {
        @Override
        public int rank() {
          return 0;
        }

        @Override
        public int count() {
          return 1;
        }

        @Override
        public void sum(float[] values) {}

        @Override
        public void takeFirsts(float[] values) {}
      };

  /** This one's number; 0 is the first, which validates and keeps checkpoints. */
  int rank();

  int count();

  /** Makes {@code values} the sum over all processes, the same bits in each. */
  void sum(float[] values);

  /** Makes {@code values} those of the first process. */
  void takeFirsts(float[] values);

  default boolean isFirst() {
    return rank() == 0;
  }

  default boolean areSeveral() {
    return count() > 1;
  }
}
