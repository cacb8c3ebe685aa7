package io.headrace.pipeline.job;

import io.headrace.engine.StepResult;
import io.headrace.engine.Trainer;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.TokenColumn;
import io.headrace.ingest.decode.InputMapping;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Lets a model of the next character write text between steps: each character is drawn from what
 * the model predicts behind the ones before it. Predicting changes nothing of what is learned, and
 * the text depends on the weights, the seed and the number of trained samples alone, so a resumed
 * run writes what an uninterrupted one would. The trainer's thread calls it, and waits for it.
 */
final class TextGenerator implements Consumer<StepResult> {
  private final GenerateSettings settings;
  private final Trainer trainer;
  private final Consumer<GeneratedText> to;
  private final List<String> characters;
  private final Map<String, Integer> ids;
  private final int window;
  private final SampleBlock row;
  private final MemorySegment probabilities;
  private long trained = -1;

  TextGenerator(
      JobSpec job, GenerateSettings settings, Trainer trainer, Consumer<GeneratedText> to) {
    this.settings = settings;
    this.trainer = trainer;
    this.to = to;
    this.characters = ((LabelSpec.Classes) job.sample().label().spec()).names();
    var input = (InputMapping.Tokens) job.sample().inputs().getFirst();
    this.ids = input.ids();
    this.window = input.length();
    this.row = new SampleBlock(job.sample().schema(), 1);
    this.probabilities = Floats.allocate(trainer.outputWidth());
  }

  @Override
  public void accept(StepResult step) {
    if (trained < 0 || step.divergence() != null) { // steps may have been undone
      trained = trainer.ledger().trained();
    } else {
      trained += step.rows();
    }
    if ((trained - step.rows()) / settings.everySamples() < trained / settings.everySamples()) {
      to.accept(new GeneratedText(trained, text()));
    }
  }

  private String text() {
    var random = new Random(settings.seed() * 0x9E3779B97F4A7C15L + trained);
    Deque<Integer> context = new ArrayDeque<>();
    settings.start().codePoints().mapToObj(Character::toString).forEach(c -> push(context, c));
    var text = new StringBuilder();
    for (int i = 0; i < settings.length(); i++) {
      String next = characters.get(draw(context, random.nextDouble()));
      text.append(next);
      push(context, next);
    }
    return text.toString();
  }

  private void push(Deque<Integer> context, String character) {
    if (context.size() == window) {
      context.removeFirst();
    }
    context.addLast(ids.getOrDefault(character, InputMapping.Tokens.UNKNOWN));
  }

  /** The class that lies at {@code part} of all classes' tempered probabilities. */
  private int draw(Deque<Integer> context, double part) {
    row.start(row.partition(), 0);
    TokenColumn tokens = row.tokens(0);
    context.forEach(id -> tokens.add(0, id));
    row.commitRow(0, 1, 0, 0);
    trainer.predict(row, probabilities);
    double[] weights = new double[characters.size()];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.pow(Floats.read(probabilities, i), 1 / settings.temperature());
      sum += weights[i];
    }
    double left = part * sum;
    int drawn = 0;
    while (drawn < weights.length - 1 && left >= weights[drawn]) {
      left -= weights[drawn++];
    }
    return drawn;
  }
}
