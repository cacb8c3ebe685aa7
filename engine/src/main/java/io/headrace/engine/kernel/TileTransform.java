package io.headrace.engine.kernel;

/**
 * The transforms of tiles of a convolution of 3 by 3 at stride 2, four by four outputs at once. By
 * each dimension, inputs at even places are convolved with two taps of the filter, those at odd
 * places are multiplied by the third; the former are computed by Winograd's F(4, 2): 5
 * multiplications for 8. So a tile takes 9 by 9 elements, one product each, for 144 products. With
 * B, G and A^T the transforms of input, filter and products, the gradients take their transposes.
 * Of a dimension's nine elements the five at even places have one element of the filter each, the
 * four at odd places share the filter's last.
 */
public enum TileTransform {
  /** B^T d B: 9 by 9 pixels to as many elements. */
  INPUT(9, 9),
  /** G g G^T: 3 by 3 taps to 6 by 6 elements. */
  FILTER(3, 6),
  /** A^T m A: 9 by 9 products to 4 by 4 outputs. Leaves the products undefined. */
  OUTPUT(9, 4),
  /** A s A^T: the gradient by 4 by 4 outputs to that by 9 by 9 products. */
  SLOPES(4, 9),
  /** B e B^T, added: the gradient by 9 by 9 elements, left undefined, to that by the pixels. */
  INPUT_GRADIENT(9, 9),
  /** G^T e G: the gradient by 6 by 6 elements, left undefined, to that by the taps. */
  FILTER_GRADIENT(6, 3);

  /** Outputs of a tile's side. */
  public static final int SIDE = 4;

  /** Elements of a tile's side, of input and products. */
  public static final int ELEMENTS = 9;

  /** Elements of a filter's side. */
  public static final int FILTER_ELEMENTS = 6;

  private final int inputs;
  private final int outputs;

  TileTransform(int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** The element of the filter, of a side, by which a tile's element is multiplied. */
  public static int filterElement(int element) {
    return element % 2 == 0 ? element / 2 : FILTER_ELEMENTS - 1;
  }

  /** Side of what is transformed. */
  public int inputs() {
    return inputs;
  }

  /** Side of the result. */
  public int outputs() {
    return outputs;
  }

  /** Whether columns are transformed within the memory of the result, or that of the operand. */
  public boolean widens() {
    return this == INPUT || this == FILTER || this == SLOPES;
  }
}
