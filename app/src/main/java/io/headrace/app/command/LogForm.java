package io.headrace.app.command;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** How the log on stderr is written. */
enum LogForm {
  /** For people, as {@code logback.xml} says. */
  TEXT,
  /** An object a line: timestamp, level, threadName, loggerName, formattedMessage, throwable. */
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT); // what a shell completes
  }

  /** Has everything written so from now on. */
  void apply() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      apply(root);
    }
  }

  void apply(Logger root) {
    if (this == TEXT) {
      return;
    }
    for (var all = root.iteratorForAppenders(); all.hasNext(); ) {
      if (all.next() instanceof ConsoleAppender<ILoggingEvent> terminal) {
        JsonEncoder encoder = objects();
        encoder.setContext(root.getLoggerContext());
        encoder.start();
        terminal.stop();
        terminal.setEncoder(encoder);
        terminal.start();
      }
    }
  }

  private static JsonEncoder objects() {
    var encoder = new JsonEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithKVPList(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    return encoder;
  }
}
