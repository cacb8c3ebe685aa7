package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;

/**
 * Recurrent cells as plain loops over a row; the offsets are those of the elements with number 0.
 */
final class ScalarCells {
  private ScalarCells() {}

  static void lstm(
      int from,
      int count,
      MemorySegment gates,
      long at,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      MemorySegment h,
      long hAt) {
    for (int j = from; j < count; j++) {
      float i = Curves.sigmoid(read(gates, at + j));
      float f = Curves.sigmoid(read(gates, at + gap + j));
      float g = Curves.tanh(read(gates, at + 2 * gap + j));
      float o = Curves.sigmoid(read(gates, at + 3 * gap + j));
      write(gates, at + j, i);
      write(gates, at + gap + j, f);
      write(gates, at + 2 * gap + j, g);
      write(gates, at + 3 * gap + j, o);
      float cell = f * read(cells, previous + j) + i * g;
      write(cells, own + j, cell);
      write(h, hAt + j, o * Curves.tanh(cell));
    }
  }

  static void lstmGradient(
      int from,
      int count,
      MemorySegment gates,
      long at,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      MemorySegment dh,
      long dhAt,
      MemorySegment dc,
      long dcAt,
      MemorySegment slopes,
      long slopesAt) {
    for (int j = from; j < count; j++) {
      float i = read(gates, at + j);
      float f = read(gates, at + gap + j);
      float g = read(gates, at + 2 * gap + j);
      float o = read(gates, at + 3 * gap + j);
      float bent = Curves.tanh(read(cells, own + j));
      float slope = read(dh, dhAt + j);
      float cell = read(dc, dcAt + j) + slope * o * (1 - bent * bent);
      write(slopes, slopesAt + j, cell * g * (i * (1 - i)));
      write(slopes, slopesAt + gap + j, cell * read(cells, previous + j) * (f * (1 - f)));
      write(slopes, slopesAt + 2 * gap + j, cell * i * (1 - g * g));
      write(slopes, slopesAt + 3 * gap + j, slope * bent * (o * (1 - o)));
      write(dc, dcAt + j, cell * f);
    }
  }

  static void gru(
      int from,
      int count,
      MemorySegment gates,
      long at,
      long gap,
      MemorySegment states,
      long previous,
      long own) {
    for (int j = from; j < count; j++) {
      float r = Curves.sigmoid(read(gates, at + gap + j));
      float z = Curves.sigmoid(read(gates, at + 2 * gap + j));
      float n = Curves.tanh(r * read(gates, at + j) + read(gates, at + 3 * gap + j));
      write(gates, at + gap + j, r);
      write(gates, at + 2 * gap + j, z);
      write(gates, at + 3 * gap + j, n);
      float kept = z * (read(states, previous + j) - n);
      write(states, own + j, kept + n);
    }
  }

  static void gruGradient(
      int from,
      int count,
      MemorySegment gates,
      long at,
      long gap,
      MemorySegment states,
      long previous,
      MemorySegment dh,
      long dhAt,
      MemorySegment slopes,
      long slopesAt) {
    for (int j = from; j < count; j++) {
      float q = read(gates, at + j);
      float r = read(gates, at + gap + j);
      float z = read(gates, at + 2 * gap + j);
      float n = read(gates, at + 3 * gap + j);
      float slope = read(dh, dhAt + j);
      float dn = slope * (1 - z) * (1 - n * n);
      write(slopes, slopesAt + j, dn * r);
      write(slopes, slopesAt + gap + j, dn * q * (r * (1 - r)));
      write(
          slopes, slopesAt + 2 * gap + j, slope * (read(states, previous + j) - n) * (z * (1 - z)));
      write(slopes, slopesAt + 3 * gap + j, dn);
      write(dh, dhAt + j, slope * z);
    }
  }
}
