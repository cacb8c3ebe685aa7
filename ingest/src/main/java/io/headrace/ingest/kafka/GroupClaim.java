package io.headrace.ingest.kafka;

import io.headrace.engine.error.HeadraceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks who else is in the group, so that two models are not trained where one is meant: without
 * {@code share-group} a member is alone or stops, and members that want to be alone are left alone.
 * Belongs to the poll thread.
 */
final class GroupClaim {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);
  private static final String ALONE = "headrace-alone-";
  private static final String SHARING = "headrace-sharing-";
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration BEYOND_SESSION = Duration.ofSeconds(5);

  private final KafkaSourceSettings settings;
  private final String lineage;
  private final LongSupplier nanoClock;
  private boolean waiting;
  private long waitingSinceNanos;

  GroupClaim(KafkaSourceSettings settings, String lineage, LongSupplier nanoClock) {
    this.settings = settings;
    this.lineage = lineage;
    this.nanoClock = nanoClock;
  }

  /** The name under which the others see a member. */
  static String memberName(KafkaSourceSettings settings, String lineage) {
    if (!settings.subscribe()) {
      return "headrace";
    }
    return (settings.shareGroup() ? SHARING : ALONE) + lineage;
  }

  /**
   * Whether we may join. False asks to come again soon: there is a member with our own lineage,
   * which is what a killed process leaves behind for a while.
   *
   * @throws HeadraceException if we may not
   * @throws TimeoutException if the brokers do not answer
   */
  boolean mayJoin() {
    List<MemberDescription> twins = new ArrayList<>();
    List<MemberDescription> alone = new ArrayList<>();
    List<MemberDescription> others = new ArrayList<>();
    for (MemberDescription member : members()) {
      if (member.clientId().endsWith("-" + lineage)) {
        twins.add(member);
      } else {
        others.add(member);
        if (member.clientId().startsWith(ALONE)) {
          alone.add(member);
        }
      }
    }
    if (!settings.shareGroup() && !others.isEmpty()) {
      throw new HeadraceException(
          "the group "
              + settings.group()
              + " has "
              + names(others)
              + " already. Each member would train a model of its own on its part of topic "
              + settings.topic()
              + ". Stop the other (a killed one leaves within "
              + settings.sessionTimeout().toSeconds()
              + " s), set another source.kafka.group, or, if several models are what you want, set"
              + " source.kafka.share-group: true for all of them");
    }
    if (!alone.isEmpty()) {
      throw new HeadraceException(
          "the group "
              + settings.group()
              + " has "
              + names(alone)
              + ", which does not share it. Set source.kafka.share-group: true there too, or set"
              + " another source.kafka.group here");
    }
    return twins.isEmpty() || passed(twins);
  }

  private boolean passed(List<MemberDescription> twins) {
    long now = nanoClock.getAsLong();
    if (!waiting) {
      waiting = true;
      waitingSinceNanos = now;
      LOG.info(
          "the group {} still has {}, left behind by a run of this model before; waiting up to {} s"
              + " until it is gone",
          settings.group(),
          names(twins),
          settings.sessionTimeout().toSeconds());
    }
    if (now - waitingSinceNanos > settings.sessionTimeout().plus(BEYOND_SESSION).toNanos()) {
      throw new HeadraceException(
          "the group "
              + settings.group()
              + " has "
              + names(twins)
              + ", which is alive and goes on from a copy of this model's checkpoints. Stop it, or"
              + " give this process a checkpoints.directory of its own");
    }
    return false;
  }

  /**
   * Makes sure that a member that wants to be alone is.
   *
   * @param self our id in the group
   * @throws HeadraceException if it is not
   * @throws TimeoutException if the brokers do not answer
   */
  void requireAlone(String self) {
    List<MemberDescription> others =
        members().stream().filter(member -> !member.consumerId().equals(self)).toList();
    if (!others.isEmpty()) {
      throw new HeadraceException(
          names(others)
              + " joined the group "
              + settings.group()
              + ", so a part of topic "
              + settings.topic()
              + " would be missing from this model. It stops here, with a checkpoint of all that it"
              + " learned. Stop the other or set another source.kafka.group for it, and start again;"
              + " if several models are what you want, set source.kafka.share-group: true for all");
    }
  }

  private Collection<MemberDescription> members() {
    String group = String.valueOf(settings.group());
    Admin admin = Admin.create(settings.adminProperties());
    try {
      return admin
          .describeConsumerGroups(List.of(group))
          .all()
          .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .values()
          .stream()
          .flatMap(described -> described.members().stream())
          .toList();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return List.of();
      }
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("no answer about the group " + group, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted", e);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private static String names(List<MemberDescription> members) {
    String each =
        members.stream()
            .map(member -> member.clientId() + " on " + member.host())
            .sorted()
            .collect(Collectors.joining(", "));
    return (members.size() == 1 ? "the member " : "the members ") + each;
  }
}
