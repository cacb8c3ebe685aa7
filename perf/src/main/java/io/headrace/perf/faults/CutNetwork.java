package io.headrace.perf.faults;

import java.util.List;
import java.util.Locale;

/**
 * A network namespace that a pair of virtual Ethernet devices joins to ours, and which can be cut
 * off and joined again: packets are then lost without a word, as on a cable that is pulled. Needs
 * Linux, root and iproute2. Not thread-safe; the caller closes it.
 */
final class CutNetwork implements AutoCloseable {
  private static final String OURS = "10.231.77.1/30";

  /** The address inside. */
  static final String INSIDE = "10.231.77.2";

  private final String namespace = "headrace-" + ProcessHandle.current().pid();
  private final String outer = "hro" + ProcessHandle.current().pid() % 1_000_000_000;
  private final String inner = "hri" + ProcessHandle.current().pid() % 1_000_000_000;

  /**
   * Makes it.
   *
   * @throws IllegalStateException with the reason, where this machine does not allow it
   */
  static CutNetwork open() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      throw new IllegalStateException("network namespaces need Linux");
    }
    var network = new CutNetwork();
    try {
      Commands.run("ip", "netns", "add", network.namespace);
      network.join();
    } catch (RuntimeException e) {
      network.close();
      throw new IllegalStateException(String.valueOf(e.getMessage()), e);
    }
    return network;
  }

  private void join() {
    Commands.run(
        "ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", namespace);
    Commands.run("ip", "addr", "add", OURS, "dev", outer);
    Commands.run("ip", "link", "set", outer, "up");
    Commands.run("ip", "-n", namespace, "addr", "add", INSIDE + "/30", "dev", inner);
    Commands.run("ip", "-n", namespace, "link", "set", "lo", "up");
    mend();
  }

  /** Words that run a command inside. */
  List<String> prefix() {
    return List.of("ip", "netns", "exec", namespace);
  }

  void cut() {
    Commands.run("ip", "-n", namespace, "link", "set", inner, "down");
  }

  void mend() {
    Commands.run("ip", "-n", namespace, "link", "set", inner, "up");
  }

  @Override
  public void close() {
    for (String[] command :
        List.of(
            new String[] {"ip", "link", "del", outer},
            new String[] {"ip", "netns", "del", namespace})) {
      try {
        Commands.run(command);
      } catch (RuntimeException e) {
        // It was not made, or went with the other.
      }
    }
  }
}
