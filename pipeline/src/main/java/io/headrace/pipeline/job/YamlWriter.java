package io.headrace.pipeline.job;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes {@link YamlNode}s as YAML text that reads back to equal values: one key or list entry a
 * line, quotes only where they are needed, without comments.
 */
final class YamlWriter {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+][A-Za-z0-9_./+-]*");

  private final StringBuilder text = new StringBuilder();

  private YamlWriter() {}

  static String write(YamlNode.Group job) {
    var writer = new YamlWriter();
    writer.entries(job, 0);
    return writer.text.toString();
  }

  private void entries(YamlNode.Group group, int indent) {
    for (Map.Entry<String, YamlNode.Entry> entry : group.entries().entrySet()) {
      text.repeat(' ', indent).append(scalar(entry.getKey())).append(':');
      value(entry.getValue().value(), indent + 2);
    }
  }

  private void value(YamlNode node, int indent) {
    switch (node) {
      case YamlNode.Scalar scalar -> text.append(' ').append(scalar(scalar.text())).append('\n');
      case YamlNode.Absent absent -> text.append('\n');
      case YamlNode.Items items when items.nodes().isEmpty() -> text.append(" []\n");
      case YamlNode.Group group when group.entries().isEmpty() -> text.append(" {}\n");
      case YamlNode.Items items -> {
        text.append('\n');
        for (YamlNode item : items.nodes()) {
          text.repeat(' ', indent).append('-');
          value(item, indent + 2);
        }
      }
      case YamlNode.Group group -> {
        text.append('\n');
        entries(group, indent);
      }
    }
  }

  private static String scalar(String value) {
    if (PLAIN.matcher(value).matches() && !value.equals("null")) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    value
        .chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                default -> {
                  if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c >= 0xfeff) {
                    quoted.append("\\u%04x".formatted(c));
                  } else {
                    quoted.append((char) c);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }
}
