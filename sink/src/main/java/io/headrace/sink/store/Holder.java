package io.headrace.sink.store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who holds a store, as its claim says. Immutable.
 *
 * @param text for messages
 * @param ended whether it said that it writes no more
 */
record Holder(String text, boolean ended) {
  /** The last line of a claim whose holder has ended. */
  static final String ENDED = "ended";

  private static final int TEXT_AT = 2;
  private static final String HOST_UNKNOWN = "an unknown host";
  private static final Pattern TEXT = Pattern.compile("process (\\d{1,9}) on (.+) since (\\S+)");

  /** This process. */
  static Holder here(InstantSource clock) {
    String text =
        "process %d on %s since %s"
            .formatted(ProcessHandle.current().pid(), host(), clock.instant());
    return new Holder(text, false);
  }

  /**
   * @param lines of a claim, whoever wrote it
   */
  static Holder of(List<String> lines) {
    return new Holder(
        lines.size() > TEXT_AT ? lines.get(TEXT_AT) : "another run",
        !lines.isEmpty() && lines.getLast().equals(ENDED));
  }

  /** Whether it said that it ended, or was a process of this machine that is no more. */
  boolean isGone() {
    if (ended) {
      return true;
    }
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches() || parts.group(2).equals(HOST_UNKNOWN) || !parts.group(2).equals(host())) {
      return false;
    }
    try {
      Instant since = Instant.parse(parts.group(3));
      return ProcessHandle.of(Long.parseLong(parts.group(1)))
          .filter(ProcessHandle::isAlive)
          .map(process -> process.info().startInstant().map(since::isBefore).orElse(false))
          .orElse(true);
    } catch (DateTimeParseException _) {
      return false;
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return HOST_UNKNOWN;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
