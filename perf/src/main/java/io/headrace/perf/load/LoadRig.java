package io.headrace.perf.load;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.pipeline.job.JobSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Measures a job from Kafka to weights beside what bounds it: a plain consumer of the same topic,
 * the same with the floats copied out, and the engine alone. All take turns in each round; the
 * first two rounds warm up and do not count. Every answer is checked.
 *
 * <pre>
 * broker ──▶ consumer                                            a  raw
 * broker ──▶ consumer ──▶ floats                                 b  copied, and b' through our decoder
 *                                    batches in memory ──▶ engine  c
 * broker ──▶ source ──▶ decoders ──▶ assembler ──▶ ring ──▶ engine  d  the job, with checkpoints and metrics
 * </pre>
 */
public final class LoadRig {
  private static final int WARM_UPS = 2;

  private final LoadSettings settings;
  private final Path directory;
  private final LoadTopic topic;
  private final String answer;

  private record Round(Figure raw, Figure copied, Figure decoded, Figure engine, Figure job) {
    double share() {
      return job.steadyPerSecond() / Math.min(copied.steadyPerSecond(), engine.steadyPerSecond());
    }
  }

  private LoadRig(LoadSettings settings, Path directory, LoadTopic topic) throws IOException {
    this.settings = settings;
    this.directory = directory;
    this.topic = topic;
    this.answer = new EngineCeiling(job("answer")).answer(topic.records());
  }

  public static void main(String[] arguments) throws IOException {
    LoadSettings settings = LoadSettings.parse(arguments);
    System.out.println(Machine.describe());
    Path directory = Files.createTempDirectory("headrace-load");
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0)) {
      long start = System.nanoTime();
      var topic = LoadTopic.filled(broker.bootstrapServers(), "readings", settings.records());
      System.out.printf(
          "%,d records of 124 bytes produced in %.1f s%n",
          topic.records(), (System.nanoTime() - start) / 1e9);
      new LoadRig(settings, directory, topic).run();
    } finally {
      delete(directory);
    }
  }

  private void run() throws IOException {
    System.out.println("parameters after all records, trained from memory: " + answer);
    for (int i = 1; i <= WARM_UPS; i++) {
      round("warm-up " + i);
    }
    var rounds = new ArrayList<Round>();
    for (int i = 1; i <= settings.runs(); i++) {
      rounds.add(round("run " + i));
    }
    summarise("a  raw consumer", rounds, Round::raw);
    double copied = summarise("b  consumer + floats", rounds, Round::copied);
    summarise("b' consumer + decoder", rounds, Round::decoded);
    double engine = summarise("c  engine alone", rounds, Round::engine);
    double job = summarise("d  the whole job", rounds, Round::job);
    System.out.printf(
        "median d / min(median b, median c) = %.0f %%%n", 100 * job / Math.min(copied, engine));
  }

  /** Prints median and spread of a part's steady speed and gives the median. */
  private static double summarise(String what, List<Round> rounds, Function<Round, Figure> part) {
    List<Double> sorted = rounds.stream().map(part).map(Figure::steadyPerSecond).sorted().toList();
    double median = sorted.get(sorted.size() / 2);
    System.out.printf(
        "%-21s median %,11.0f/s, %,11.0f to %,11.0f%n",
        what, median, sorted.getFirst(), sorted.getLast());
    return median;
  }

  private Round round(String name) throws IOException {
    JobSpec job = job(name.replace(' ', '-'));
    var consumer = new ConsumerCeiling(topic);
    Figure raw = shown(name, "a  raw consumer      ", consumer.raw());
    Figure copied = shown(name, "b  consumer + floats ", consumer.copied());
    Figure decoded = shown(name, "b' consumer + decoder", consumer.decoded());
    Figure engine = shown(name, "c  engine alone      ", speed(job));
    PipelineLoad load = PipelineLoad.run(job, topic, answer);
    Figure whole = shown(name, "d  the whole job     ", load.figure());
    var round = new Round(raw, copied, decoded, engine, whole);
    System.out.printf("%s: d / min(b, c) = %.0f %%%n", name, 100 * round.share());
    System.out.printf("%s: processor time of the job: %s%n", name, load.threads());
    return round;
  }

  private Figure speed(JobSpec job) {
    return new EngineCeiling(job).speed(topic.records());
  }

  private JobSpec job(String name) throws IOException {
    return LoadJob.on(topic, directory.resolve(name), settings.job());
  }

  private static Figure shown(String round, String what, Figure figure) {
    System.out.printf("%s: %s %s%n", round, what, figure);
    return figure;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
