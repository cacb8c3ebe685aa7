package io.headrace.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LedgerCounterTest {
  private static final SourcePartition A = new SourcePartition("a", 0);
  private static final SourcePartition B = new SourcePartition("b", 0);

  @Test
  void countsFromNothingAgainAfterClear() {
    var counter = new LedgerCounter();
    counter.add(A, 10, 7, 2, 1);
    counter.add(B, 5, 5, 0, 0);
    counter.clear();
    assertThat(counter.isEmpty()).isTrue();
    counter.add(B, 6, 1, 0, 0);
    assertThat(counter.ledger())
        .isEqualTo(new Ledger(new TreeMap<>(Map.of(B, new Ledger.Entry(6, 1, 0, 0)))));
  }

  @Test
  void addsUpWhatLiesBehind() {
    var counter = new LedgerCounter();
    counter.reset(new Ledger(new TreeMap<>(Map.of(A, new Ledger.Entry(10, 7, 2, 1)))));
    var later = new LedgerCounter();
    later.add(A, 12, 1, 1, 0);
    later.add(B, 3, 3, 0, 0);
    counter.add(later);
    Ledger ledger = counter.ledger();
    assertThat(ledger.entries().get(A)).isEqualTo(new Ledger.Entry(12, 8, 3, 1));
    assertThat(ledger.read()).isEqualTo(15);
    assertThat(ledger.positions().of(A)).hasValue(12);
  }

  @Test
  void lostPositionsAreNoReadOnes() {
    var counter = new LedgerCounter();
    counter.reset(new Ledger(new TreeMap<>(Map.of(A, new Ledger.Entry(30, 7, 2, 1, 20)))));
    var later = new LedgerCounter();
    later.add(A, 45, 1, 0, 0);
    later.addLost(A, 14);
    counter.add(later);
    assertThat(counter.ledger().entries().get(A)).isEqualTo(new Ledger.Entry(45, 8, 2, 1, 34));
    counter.addRejected(later);
    assertThat(counter.ledger().read()).isEqualTo(12);
    assertThat(counter.ledger().lost()).isEqualTo(48);
    later.clear();
    later.add(A, 50, 1, 0, 0);
    assertThat(later.ledger().lost()).isZero();
  }
}
