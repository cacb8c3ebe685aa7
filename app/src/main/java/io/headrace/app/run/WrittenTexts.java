package io.headrace.app.run;

import io.headrace.pipeline.job.GeneratedText;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Texts that a model wrote, from the trainer's thread to the one that shows progress, in order.
 * Thread-safe.
 */
final class WrittenTexts implements Consumer<GeneratedText> {
  private final Queue<GeneratedText> waiting = new ConcurrentLinkedQueue<>();

  @Override
  public void accept(GeneratedText text) {
    waiting.add(text);
  }

  /** Shows what came since the last call. */
  void show(ProgressLine progress) {
    for (GeneratedText text = waiting.poll(); text != null; text = waiting.poll()) {
      progress.say(block(text));
    }
  }

  private static String block(GeneratedText text) {
    String heading = String.format(Locale.ROOT, "── after %,d samples", text.trained());
    return heading + "\n" + indented(text.text());
  }

  /** Each line two columns in; control characters other than line ends cannot move the cursor. */
  private static String indented(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\\n]]", "?").strip().indent(2).stripTrailing();
  }
}
