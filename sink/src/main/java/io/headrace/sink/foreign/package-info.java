/**
 * Weights that other programs learned, as a model's first ones: safetensors and ONNX files, and how
 * the tensors in them are named and laid out. Start at {@link
 * io.headrace.sink.foreign.StartingWeights}.
 */
@NullMarked
package io.headrace.sink.foreign;

import org.jspecify.annotations.NullMarked;
