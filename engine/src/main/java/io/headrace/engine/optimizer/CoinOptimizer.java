package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * COCOB: bets on the sign of the next gradient a part of what it has won so far, weight by weight,
 * so that there is no learning rate: Orabona and Tommasi, "Training Deep Networks without Learning
 * Rates Through Coin Betting", 2017, algorithm 2. Immutable.
 *
 * <p>A weight is its first value plus a bet that follows from the slots; a step replaces the bet.
 *
 * @param alpha holds the first bets back: they are no more than 1 / alpha of the initial wealth
 */
record CoinOptimizer(float alpha) implements Optimizer {
  @Override
  public List<String> slots() {
    return List.of("largest", "sizes", "reward", "sum");
  }

  @Override
  public void update(
      Kernels kernels,
      ParameterBlock block,
      long offset,
      MemorySegment gradients,
      long gradientOffset,
      int count,
      long step,
      double rateFactor) {
    for (int i = 0; i < count; i++) {
      long at = offset + i;
      float g = read(gradients, gradientOffset + i);
      float largest = read(block.slot(0), at);
      float sizes = read(block.slot(1), at);
      float reward = read(block.slot(2), at);
      float sum = read(block.slot(3), at);
      float before = bet(largest, sizes, reward, sum);
      largest = Math.max(largest, Math.abs(g));
      sizes += Math.abs(g);
      reward = Math.max(reward - before * g, 0);
      sum -= g;
      write(block.slot(0), at, largest);
      write(block.slot(1), at, sizes);
      write(block.slot(2), at, reward);
      write(block.slot(3), at, sum);
      float after = bet(largest, sizes, reward, sum);
      write(block.values(), at, read(block.values(), at) + (after - before));
    }
  }

  /** Divides before it multiplies, so that the squares of tiny gradients do not become 0. */
  private float bet(float largest, float sizes, float reward, float sum) {
    if (largest == 0) {
      return 0;
    }
    float part = sum / Math.max(sizes + largest, alpha * largest);
    return part * (1 + reward / largest);
  }

  /** There is none to set. */
  @Override
  public double rate() {
    return 1;
  }

  @Override
  public boolean takesRateFactor() {
    return false;
  }

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return Optional.of(new Row(this));
  }

  private record Row(CoinOptimizer coin) implements RowUpdate.Moves {
    @Override
    public void startRow(long step, double rateFactor) {}

    @Override
    public void move(MemorySegment floats, long at, int apart, float g) {
      long largestAt = at + apart;
      long sizesAt = largestAt + apart;
      long rewardAt = sizesAt + apart;
      long sumAt = rewardAt + apart;
      float largest = read(floats, largestAt);
      float sizes = read(floats, sizesAt);
      float reward = read(floats, rewardAt);
      float sum = read(floats, sumAt);
      float before = coin.bet(largest, sizes, reward, sum);
      largest = Math.max(largest, Math.abs(g));
      sizes += Math.abs(g);
      reward = Math.max(reward - before * g, 0);
      sum -= g;
      write(floats, largestAt, largest);
      write(floats, sizesAt, sizes);
      write(floats, rewardAt, reward);
      write(floats, sumAt, sum);
      float after = coin.bet(largest, sizes, reward, sum);
      write(floats, at, read(floats, at) + (after - before));
    }
  }
}
