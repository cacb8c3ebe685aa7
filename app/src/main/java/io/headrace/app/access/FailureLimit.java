package io.headrace.app.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts failed tries to sign in by address, and says who has to wait. Bounded: of very many
 * addresses it forgets those whose first failure is longest ago. Thread-safe.
 */
public final class FailureLimit {
  /** Failures within {@link #WINDOW} after which an address has to wait. */
  public static final int MOST = 10;

  static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int ADDRESSES = 10_000;

  private record Failures(Instant since, int count) {}

  private final InstantSource clock;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ADDRESSES;
        }
      };

  public FailureLimit(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes a failure. */
  public synchronized void failed(String address) {
    Failures before = current(address);
    if (before.count() == 0) {
      failures.remove(address); // so that it is the youngest again
    }
    failures.put(address, new Failures(before.since(), before.count() + 1));
  }

  /** Seconds that an address has to wait; 0 if it may try. */
  public synchronized long waitSeconds(String address) {
    Failures now = current(address);
    if (now.count() < MOST) {
      return 0;
    }
    Duration left = Duration.between(clock.instant(), now.since().plus(WINDOW));
    return Math.max(1, left.toSeconds() + 1);
  }

  private Failures current(String address) {
    Failures known = failures.get(address);
    Instant now = clock.instant();
    return known == null || !now.isBefore(known.since().plus(WINDOW))
        ? new Failures(now, 0)
        : known;
  }
}
