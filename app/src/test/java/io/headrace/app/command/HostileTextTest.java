package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.headrace.app.CommandLineRun;
import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.file.FileDeadLetterSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What strangers wrote neither forges lines of a log nor speaks to a terminal. */
@Tag("attack")
class HostileTextTest {
  private static final String HOSTILE =
      "a\r\n12:00:00 INFO  Trainer: all is well\u001b[2J\u001b]0;title\u0007\u009b31m\b\0b";

  @TempDir private Path folder;

  /** The layout that the service logs with. */
  private static String logged(LogForm form) throws Exception {
    var context = new LoggerContext();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(LogForm.class.getResource("/logback.xml"), "logback.xml"));
    var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    form.apply(root);
    var terminal = (ConsoleAppender<ILoggingEvent>) root.getAppender("terminal");
    var event =
        new ch.qos.logback.classic.spi.LoggingEvent(
            "here",
            context.getLogger("io.headrace.Test"),
            ch.qos.logback.classic.Level.WARN,
            "Somebody sent {}.",
            new IllegalStateException(HOSTILE),
            new Object[] {HOSTILE});
    String text = new String(terminal.getEncoder().encode(event), StandardCharsets.UTF_8);
    context.stop();
    return text;
  }

  @ParameterizedTest
  @EnumSource(LogForm.class)
  void aLogLineStaysOneLineOfText(LogForm form) throws Exception {
    String text = logged(form);
    assertThat(text).contains("all is well");
    assertHarmless(form == LogForm.JSON ? text.replace("\u009b", "") : text); // read by programs
    List<String> lines = text.lines().toList();
    assertThat(lines.getFirst()).contains("Somebody sent a");
    assertThat(lines.stream().skip(1))
        .allMatch(line -> line.startsWith("\t") || line.startsWith("java.lang."));
  }

  @Test
  void lettersAreReadOnATerminalAndDoNothingToIt() throws Exception {
    Path file = folder.resolve("dead.avro");
    byte[] payload = HOSTILE.getBytes(StandardCharsets.UTF_8);
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(
          RejectedSample.newBuilder()
              .setJob("job" + HOSTILE)
              .setSource("flights")
              .setPartition(0)
              .setPosition(3)
              .setReason("malformed")
              .setDetail("the label '" + HOSTILE + "' is none")
              .setPayload(ByteBuffer.wrap(payload))
              .setPayloadBytes(payload.length)
              .setRejectedAt(Instant.EPOCH)
              .setHeaders(List.of(new RecordHeader("key" + HOSTILE, ByteBuffer.wrap(payload))))
              .build());
      sink.flush();
    }
    for (String[] words :
        List.of(
            new String[] {"dead-letters", "list", "--from", file.toString()},
            new String[] {"dead-letters", "show", "--from", file.toString(), "flights/0/3"})) {
      CommandLineRun run = CommandLineRun.of((Object[]) words);
      run.mustSucceed();
      assertThat(run.out()).contains("all is well");
      assertHarmless(run.out());
    }
  }

  @Test
  void anErrorIsTextToo() throws Exception {
    Path job = Files.writeString(folder.resolve("job.yaml"), "na\u009bme: \"\\e[2Jx\\u0007\"\n");
    CommandLineRun run = CommandLineRun.of("run", job.toString(), "--set", "x=\u001b[2J");
    assertThat(run.status()).isPositive();
    assertThat(run.err()).startsWith("headrace: ");
    assertHarmless(run.err());
  }

  private static void assertHarmless(String text) {
    assertThat(text.replace("\r\n", "\n").chars())
        .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t');
  }
}
