/**
 * Models for others to use: ONNX, plain safetensors, Vowpal Wabbit's readable text, and a card that
 * says what a model is.
 */
@NullMarked
package io.headrace.sink.export;

import org.jspecify.annotations.NullMarked;
