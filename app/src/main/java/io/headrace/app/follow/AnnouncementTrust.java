package io.headrace.app.follow;

import io.headrace.schemas.ModelAnnouncement;
import io.headrace.sink.kafka.AnnouncementSignature;
import io.headrace.sink.seal.PublicKeys;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Which announcements are followed where public keys are given: those that one of the keys signed,
 * each said later than the one before. Others are counted and told; what the topic had before this
 * process came, only if nothing sound came behind it. One thread reads; {@link #refused} is for
 * any.
 */
final class AnnouncementTrust {
  /** Why an announcement is not followed. */
  enum Refusal {
    UNSIGNED("has no signature"),
    OTHER_KEY("is signed by a key that is not among them"),
    TAMPERED("is not what its key signed"),
    REPLAYED("was said before the one that is followed");

    private final String what;

    Refusal(String what) {
      this.what = what;
    }

    String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final PublicKeys keys;
  private final BiConsumer<String, String> alerts;
  private final Map<Refusal, Long> counts = new EnumMap<>(Refusal.class);
  private boolean catchingUp = true;
  private Instant last = Instant.MIN;
  private @Nullable Runnable untold;

  AnnouncementTrust(PublicKeys keys, BiConsumer<String, String> alerts) {
    this.keys = keys;
    this.alerts = alerts;
    for (Refusal refusal : Refusal.values()) {
      counts.put(refusal, 0L);
    }
  }

  /** Whether one of the keys signed a message. */
  boolean isSigned(ConsumerRecord<String, byte[]> message) {
    return switch (AnnouncementSignature.check(
        message.key(), message.value(), message.headers(), keys)) {
      case SIGNED -> true;
      case UNSIGNED -> refused(message, Refusal.UNSIGNED);
      case OTHER_KEY -> refused(message, Refusal.OTHER_KEY);
      case TAMPERED -> refused(message, Refusal.TAMPERED);
    };
  }

  /** Whether a signed message was not said before the last that counted. */
  boolean isNew(ConsumerRecord<String, byte[]> message, ModelAnnouncement told) {
    if (!told.getJob().equals(message.key())) {
      return refused(message, Refusal.TAMPERED);
    }
    if (told.getAnnouncedAt().isBefore(last)) {
      return refused(message, Refusal.REPLAYED);
    }
    last = told.getAnnouncedAt();
    untold = null;
    return true;
  }

  /** The topic is read from its beginning again. */
  void again() {
    catchingUp = true;
    last = Instant.MIN;
  }

  /** What comes from now on is new. */
  void caughtUp() {
    catchingUp = false;
    if (untold != null) {
      untold.run();
      untold = null;
    }
  }

  /** How many were not followed, by reason. */
  synchronized Map<Refusal, Long> refused() {
    return new EnumMap<>(counts);
  }

  private boolean refused(ConsumerRecord<String, byte[]> message, Refusal why) {
    Runnable tell = () -> tell(message, why);
    if (catchingUp) {
      untold = tell;
    } else {
      tell.run();
    }
    return false;
  }

  private void tell(ConsumerRecord<String, byte[]> message, Refusal why) {
    synchronized (this) {
      counts.merge(why, 1L, Long::sum);
    }
    alerts.accept(
        "announcement-" + why.code(),
        "Message %d of partition %d of %s %s (keys of %s), and is not followed: somebody else may write to the topic, or the job signs with other keys. The model that is served stays."
            .formatted(
                message.offset(), message.partition(), message.topic(), why.what, keys.file()));
  }
}
