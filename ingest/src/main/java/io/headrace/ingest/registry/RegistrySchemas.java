package io.headrace.ingest.registry;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.SourceAlerts;
import io.headrace.ingest.decode.WriterSchemas;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds schemas by their ids in a registry. What it said is remembered: a schema for ever, that it
 * has none for a while. While it says neither, whoever asks waits and it is tried again, less and
 * less often: no record is rejected because a registry is down. That is told once, in the log and
 * as an alert, and once when it is over.
 *
 * <p>Thread-safe; one thread asks at a time, and those who know what they need do not wait.
 */
public final class RegistrySchemas implements WriterSchemas {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrySchemas.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** Noise that looks like ids must not fill the memory. */
  private static final int MOST_UNKNOWN = 10_000;

  /** Lets time pass. */
  @FunctionalInterface
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  private record Missing(String why, long untilNanos) {}

  private final SchemaRegistry registry;
  private final WriterSchemas byFingerprint;
  private final long unknownForNanos;
  private final OptionalLong giveUpMillis;
  private final SourceAlerts alerts;
  private final LongSupplier nanoClock;
  private final Pause pause;
  private final Map<Integer, Schema> found = new ConcurrentHashMap<>();
  private final Map<Integer, Missing> missing = new ConcurrentHashMap<>();
  private final ReentrantLock asking = new ReentrantLock();

  /**
   * @param byFingerprint where schemas are found that are known by their fingerprints
   * @param giveUpMillis how long to try before failing; empty to try for ever
   * @param alerts told when the registry gives no answers
   */
  public RegistrySchemas(
      SchemaRegistry registry,
      RegistrySettings settings,
      WriterSchemas byFingerprint,
      OptionalLong giveUpMillis,
      SourceAlerts alerts) {
    this(registry, settings, byFingerprint, giveUpMillis, alerts, System::nanoTime, Thread::sleep);
  }

  RegistrySchemas(
      SchemaRegistry registry,
      RegistrySettings settings,
      WriterSchemas byFingerprint,
      OptionalLong giveUpMillis,
      SourceAlerts alerts,
      LongSupplier nanoClock,
      Pause pause) {
    this.registry = registry;
    this.byFingerprint = byFingerprint;
    this.unknownForNanos = TimeUnit.MILLISECONDS.toNanos(settings.unknownForMillis());
    this.giveUpMillis = giveUpMillis;
    this.alerts = alerts;
    this.nanoClock = nanoClock;
    this.pause = pause;
  }

  @Override
  public @Nullable Schema byFingerprint(long fingerprint) {
    return byFingerprint.byFingerprint(fingerprint);
  }

  @Override
  public String known() {
    return byFingerprint.known();
  }

  /**
   * The schema with this id; null if the registry has none. Waits while the registry does not say.
   *
   * @throws HeadraceException if it was told to give up, or its thread is interrupted
   */
  @Override
  public @Nullable Schema byId(int id) {
    Schema known = found.get(id);
    return known != null || id <= 0 || isMissing(id) ? known : ask(id);
  }

  private boolean isMissing(int id) {
    Missing since = missing.get(id);
    return since != null && nanoClock.getAsLong() - since.untilNanos < 0;
  }

  @Override
  public String unknown(int id) {
    Missing since = missing.get(id);
    return since == null
        ? "ids of schemas are above 0"
        : "the schema registry at %s %s".formatted(registry.url(), since.why);
  }

  private @Nullable Schema ask(int id) {
    try {
      asking.lockInterruptibly();
      try {
        Schema known = found.get(id); // by the thread that was waited for
        return known != null || isMissing(id) ? known : noted(id, answer(id));
      } finally {
        asking.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadraceException("waiting for the schema of id " + id + " was interrupted", e);
    }
  }

  private @Nullable Schema noted(int id, SchemaAnswer answer) {
    return switch (answer) {
      case SchemaAnswer.Found(Schema schema) -> {
        missing.remove(id);
        found.put(id, schema);
        yield schema;
      }
      case SchemaAnswer.Unknown(String why) -> {
        if (missing.size() >= MOST_UNKNOWN) {
          missing.clear();
        }
        missing.put(id, new Missing(why, nanoClock.getAsLong() + unknownForNanos));
        yield null;
      }
    };
  }

  private SchemaAnswer answer(int id) throws InterruptedException {
    long begin = nanoClock.getAsLong();
    long pauseMillis = FIRST_PAUSE_MILLIS;
    for (boolean said = false; ; said = true) {
      try {
        SchemaAnswer answer = registry.schema(id);
        if (said) {
          LOG.info("the schema registry at {} answers again", registry.url());
        }
        return answer;
      } catch (RegistryUnavailableException e) {
        if (!said) {
          say(id, e);
        }
        giveUp(id, e, TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - begin));
      }
      pause.millis(pauseMillis);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }
  }

  private void say(int id, RegistryUnavailableException e) {
    String message =
        "the schema registry at %s %s. Reading waits for the schema of id %d; trying again until it comes"
            .formatted(registry.url(), e.problem(), id);
    LOG.warn("{}", message);
    alerts.alert("schema-registry", message);
  }

  private void giveUp(int id, RegistryUnavailableException e, long silentMillis) {
    if (giveUpMillis.isPresent() && silentMillis >= giveUpMillis.getAsLong()) {
      throw new HeadraceException(
          "the schema registry at %s %s, for %d ms, and the schema of id %d is needed. Start it, or correct source.kafka.registry; without fail-fast this keeps trying"
              .formatted(registry.url(), e.problem(), silentMillis, id));
    }
  }
}
