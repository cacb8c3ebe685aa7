package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.TilePoints.P;
import static io.headrace.engine.kernel.TilePoints.P2;
import static io.headrace.engine.kernel.TilePoints.P3;
import static io.headrace.engine.kernel.TilePoints.PRODUCT;
import static io.headrace.engine.kernel.TilePoints.P_SCALE;
import static io.headrace.engine.kernel.TilePoints.P_TAP;
import static io.headrace.engine.kernel.TilePoints.P_TIMES_Q2;
import static io.headrace.engine.kernel.TilePoints.Q;
import static io.headrace.engine.kernel.TilePoints.Q2;
import static io.headrace.engine.kernel.TilePoints.Q3;
import static io.headrace.engine.kernel.TilePoints.Q_SCALE;
import static io.headrace.engine.kernel.TilePoints.Q_TAP;
import static io.headrace.engine.kernel.TilePoints.Q_TIMES_P2;
import static io.headrace.engine.kernel.TilePoints.SQUARES;
import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link TileTransform}, a vector of channels at a time: columns first, then rows. A line is read
 * before any of it is written, which may be to the same places.
 */
final class VectorTileTransforms {
 private VectorTileTransforms() {}

static void transform(TileTransform transform, int n, long in, long inRow, long inStep, long out, long outRow, long outStep) {
 int inputs = transform.inputs(); int outputs = transform.outputs();
 if (transform.widens()) {
  for (int j = 0; j < inputs; j++) { line(transform, n, in + j * inStep, inRow, out + j * outStep, outRow); }
  for (int i = 0; i < outputs; i++) { long row = out + i * outRow; line(transform, n, row, outStep, row, outStep); }
 } else {
  for (int j = 0; j < inputs; j++) { long column = in + j * inStep; line(transform, n, column, inRow, column, inRow); }
  for (int i = 0; i < outputs; i++) { lastLine(transform, n, in + i * inRow, inStep, out + i * outRow, outStep); }
 }
}

private static void line(TileTransform transform, int n, long in, long step, long out, long outStep) {
 switch (transform) {
case INPUT -> input(n, in, step, out, outStep);
case FILTER -> filter(n, in, step, out, outStep);
case OUTPUT -> output(n, in, step, out, outStep);
case SLOPES -> slopes(n, in, step, out, outStep);
case INPUT_GRADIENT -> inputGradient(n, in, step, out, outStep);
case FILTER_GRADIENT -> filterGradient(n, in, step, out, outStep);
}
}

/** A line of the result. */
private static void lastLine(TileTransform transform, int n, long in, long step, long out, long outStep) {
 if (transform == TileTransform.INPUT_GRADIENT) { addInputGradient(n, in, step, out, outStep); } else { line(transform, n, in, step, out, outStep); }
}

private static void input(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
FloatVector x6 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
FloatVector x7 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
FloatVector x8 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
FloatVector evenP = x4.sub(x0.mul(Q2)).mul(P);
FloatVector oddP = x6.sub(x2.mul(Q2));
FloatVector evenQ = x4.sub(x0.mul(P2)).mul(Q);
FloatVector oddQ = x6.sub(x2.mul(P2));
oddP.add(evenP).intoMemorySegment(MEMORY, to << 2, ORDER);
oddP.sub(evenP).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
oddQ.add(evenQ).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
oddQ.sub(evenQ).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
x8.sub(x4.mul(SQUARES)).add(x0.mul(PRODUCT)).intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
x1.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
x3.intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
x5.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
x7.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
}
}

private static void filter(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector firstP = x0.mul(P_SCALE);
FloatVector lastP = x2.mul(P_TAP);
FloatVector firstQ = x0.mul(Q_SCALE);
FloatVector lastQ = x2.mul(Q_TAP);
lastP.add(firstP).intoMemorySegment(MEMORY, to << 2, ORDER);
lastP.sub(firstP).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
lastQ.add(firstQ).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
lastQ.sub(firstQ).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
x2.intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
x1.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
}
}

private static void output(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
FloatVector x6 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
FloatVector x7 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
FloatVector x8 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
FloatVector sumP = x0.add(x1);
FloatVector gapP = x0.sub(x1);
FloatVector sumQ = x2.add(x3);
FloatVector gapQ = x2.sub(x3);
sumP.add(sumQ).add(x5).intoMemorySegment(MEMORY, to << 2, ORDER);
gapP.mul(P).add(gapQ.mul(Q)).add(x6).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
sumP.mul(P2).add(sumQ.mul(Q2)).add(x7).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
gapP.mul(P3).add(gapQ.mul(Q3)).add(x4).add(x8).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
}
}

private static void slopes(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
FloatVector evenP = x2.mul(P2).add(x0);
FloatVector oddP = x1.mul(P).add(x3.mul(P3));
FloatVector evenQ = x2.mul(Q2).add(x0);
FloatVector oddQ = x1.mul(Q).add(x3.mul(Q3));
evenP.add(oddP).intoMemorySegment(MEMORY, to << 2, ORDER);
evenP.sub(oddP).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
evenQ.add(oddQ).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
evenQ.sub(oddQ).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
x3.intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
x0.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
x1.intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
x2.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
x3.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
}
}

private static void inputGradient(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
FloatVector x6 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
FloatVector x7 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
FloatVector x8 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
FloatVector sumP = x0.add(x1);
FloatVector gapP = x0.sub(x1);
FloatVector sumQ = x2.add(x3);
FloatVector gapQ = x2.sub(x3);
x4.mul(PRODUCT).sub(gapP.mul(P_TIMES_Q2)).sub(gapQ.mul(Q_TIMES_P2)).intoMemorySegment(MEMORY, to << 2, ORDER);
x5.intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
sumP.mul(-Q2).sub(sumQ.mul(P2)).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
x6.intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
gapP.mul(P).add(gapQ.mul(Q)).sub(x4.mul(SQUARES)).intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
x7.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
sumP.add(sumQ).intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
x8.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
x4.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
}
}

private static void addInputGradient(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
FloatVector x6 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
FloatVector x7 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
FloatVector x8 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
FloatVector sumP = x0.add(x1);
FloatVector gapP = x0.sub(x1);
FloatVector sumQ = x2.add(x3);
FloatVector gapQ = x2.sub(x3);
FloatVector.fromMemorySegment(SPECIES, MEMORY, to << 2, ORDER).add(x4.mul(PRODUCT).sub(gapP.mul(P_TIMES_Q2)).sub(gapQ.mul(Q_TIMES_P2))).intoMemorySegment(MEMORY, to << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + outStep) << 2, ORDER).add(x5).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 2 * outStep) << 2, ORDER).add(sumP.mul(-Q2).sub(sumQ.mul(P2))).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 3 * outStep) << 2, ORDER).add(x6).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 4 * outStep) << 2, ORDER).add(gapP.mul(P).add(gapQ.mul(Q)).sub(x4.mul(SQUARES))).intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 5 * outStep) << 2, ORDER).add(x7).intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 6 * outStep) << 2, ORDER).add(sumP.add(sumQ)).intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 7 * outStep) << 2, ORDER).add(x8).intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 8 * outStep) << 2, ORDER).add(x4).intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
}
}

private static void filterGradient(int n, long in, long step, long out, long outStep) {
 for (int c = 0; c < n; c += LANES) {
 long at = in + c; long to = out + c;
FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
x0.sub(x1).mul(P_SCALE).add(x2.sub(x3).mul(Q_SCALE)).intoMemorySegment(MEMORY, to << 2, ORDER);
x5.intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
x0.add(x1).mul(P_TAP).add(x2.add(x3).mul(Q_TAP)).add(x4).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
}
}

}
