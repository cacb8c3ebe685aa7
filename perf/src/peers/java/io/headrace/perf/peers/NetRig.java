package io.headrace.perf.peers;

import io.headrace.engine.sample.MiniBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the two sides on one network, in a process of its own. First both train five steps from
 * the same weights, and their losses must agree; then each PyTorch column takes the faster of two
 * layouts; then rounds, in which everyone takes a turn.
 */
final class NetRig {
  private static final long SEED = 1;
  private static final double COLD_SECONDS = 8;

  private final PeerSettings settings;
  private final Net net;
  private final List<MiniBatch> batches;

  private NetRig(PeerSettings settings, Net net) {
    this.settings = settings;
    this.net = net;
    this.batches = Batches.of(net, settings.data().map(NetRig::images));
  }

  private static CifarImages images(Path data) {
    try {
      return CifarImages.read(data, List.of("data_batch_1.bin"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void main(String[] arguments) {
    PeerSettings settings = PeerSettings.parse(arguments);
    settings.nets().forEach(net -> new NetRig(settings, net).run());
    System.exit(0); // libtorch keeps threads
  }

  private void run() {
    var engines = settings.threads().stream().map(this::engine).toList();
    EngineStepper one = engines.getFirst();
    System.out.printf("%n%s: %s; %,d parameters%n", net.name(), net.what(), one.parameterCount());
    System.out.printf(
        "cold, ours with %d thread(s): %s%n",
        settings.threads().getFirst(), ColdStart.of(one, COLD_SECONDS));
    var peers = new TorchField(net, one.first(), batches);
    peers.compare(engines);
    var contestants = new ArrayList<Contestant>();
    for (int i = 0; i < engines.size(); i++) {
      int threads = settings.threads().get(i);
      contestants.add(new SteppedContestant(Side.ENGINE, threads, engines.get(i)));
      if (net.equals(Nets.CNN)) {
        settings.data().ifPresent(data -> contestants.add(new JobContestant(data, threads)));
      }
      for (Side side : peers.sides()) {
        contestants.add(peers.fastest(side, threads));
      }
    }
    contestants.forEach(contestant -> contestant.samplesPerSecond(settings.seconds()));
    var speeds = new Speeds(rounds(contestants));
    settings.threads().forEach(threads -> Table.printRow(net, threads, speeds));
    engines.forEach(EngineStepper::close);
  }

  private EngineStepper engine(int threads) {
    return new EngineStepper(net.model(SEED), batches, threads);
  }

  private Map<Contestant, List<Double>> rounds(List<Contestant> contestants) {
    var speeds = new LinkedHashMap<Contestant, List<Double>>();
    for (int round = 1; round <= settings.rounds(); round++) {
      System.out.printf("round %d:", round);
      for (Contestant contestant : contestants) {
        double speed = contestant.samplesPerSecond(settings.seconds());
        speeds.computeIfAbsent(contestant, key -> new ArrayList<>()).add(speed);
        System.out.printf("  %s/%d %,.0f", contestant.side(), contestant.threads(), speed);
      }
      System.out.println();
    }
    return speeds;
  }
}
