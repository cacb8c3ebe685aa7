package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;

/** The products of a fully connected layer; which code does them depends on its width. */
interface DenseStage {
  /** sums = x W + b, in y's layout. */
  void forward(Pass pass, MemorySegment sums, int from, int to);

  /** dx = dy W^T, where dx is wanted. */
  void backward(Pass pass, int from, int to);

  int tiles();

  long scratch();

  /** dW = x^T dy and db, and the update by them. */
  void update(Pass pass, int tile, MemorySegment scratch);

  /** Recomputes what is kept beside the parameters. */
  void derive();
}
