package io.headrace.sink.journal;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.BatchJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches that a journal has between two places, to be made once more and nothing behind them.
 * Records nothing. Immutable.
 */
public final class RecordedBatches implements BatchJournal {
  private final List<List<Run>> batches;

  private RecordedBatches(List<List<Run>> batches) {
    this.batches = List.copyOf(batches);
  }

  /**
   * Reads them.
   *
   * @param directory of a {@link DirectoryBatchJournal}
   * @param seal opens its files
   * @throws HeadraceException if the journal does not lead from one to the other; the message says
   *     what is missing
   */
  public static RecordedBatches between(
      Path directory, BlockSeal seal, Positions from, Positions to) {
    var order = new RecordedOrder(from);
    List<List<Run>> found = from.equals(to) ? List.of() : null;
    Positions oldest = null;
    try {
      for (Path file : DirectoryBatchJournal.files(directory)) {
        Segment segment = Segment.read(file, seal);
        if (segment == null) {
          continue;
        }
        oldest = oldest == null ? segment.start() : oldest;
        order.begin(segment.start());
        for (List<Run> batch : segment.batches()) {
          order.add(batch);
          if (order.behind() != null && order.isAt(to)) {
            found = List.copyOf(order.behind());
          }
        }
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "The batch journal in %s could not be read (%s). Check the disk and the files' rights."
              .formatted(directory, e.getMessage()),
          e);
    }
    if (found == null) {
      throw new HeadraceException(missing(directory, from, to, order, oldest));
    }
    return new RecordedBatches(found);
  }

  private static String missing(
      Path directory,
      Positions from,
      Positions to,
      RecordedOrder order,
      @Nullable Positions oldest) {
    if (oldest == null) {
      return "There is no batch journal in %s. Put its journal-*.log files back."
          .formatted(directory);
    }
    if (!order.passed()) {
      return "The batch journal in %s begins at %s and has no batch that ends at %s. Older segments are deleted with the checkpoints that need them, unless checkpoints.keep-journal is all: replay from a later checkpoint."
          .formatted(directory, text(oldest), text(from));
    }
    if (order.gapFrom() != null && order.gapTo() != null) {
      return "The batch journal in %s lacks the batches between %s and %s: a segment is missing or damaged there, or it could not be written. Replay from a checkpoint behind it."
          .formatted(directory, text(order.gapFrom()), text(order.gapTo()));
    }
    return "The batch journal in %s ends at %s and has no batch that ends at %s: its last segment is missing or cut off."
        .formatted(directory, text(order.at()), text(to));
  }

  private static String text(Positions positions) {
    return positions.next().isEmpty() ? "the start" : positions.next().toString();
  }

  /** How many batches there are. */
  public int count() {
    return batches.size();
  }

  @Override
  public List<List<Run>> resume(Positions from) {
    return batches;
  }

  @Override
  public boolean endsThere() {
    return true;
  }

  @Override
  public void restart(Positions at, String why) {
    throw new HeadraceException(
        "The batches behind %s cannot be made again: %s.".formatted(text(at), why));
  }

  @Override
  public void add(List<Run> batch) {
    throw new IllegalStateException("a batch that was not recorded");
  }

  @Override
  public void handOver() {}

  @Override
  public void keepFrom(Positions oldest) {}

  @Override
  public void close() {}
}
