package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value of the job file that the command line replaces, e.g. {@code engine.threads=2}. Its path
 * is dotted, entries of a list are counted from 0, and a key that contains dots stands in quotes.
 * Immutable.
 *
 * @param option as it was given
 */
record SetOption(String option, List<String> path, YamlNode value) {
  private static final Pattern SEGMENT = Pattern.compile("\\G(?:\"([^\"]+)\"|([^.\"=]+))(\\.|=)");

  /**
   * Parses {@code key=value}.
   *
   * @throws HeadraceException if it is not of that form
   */
  static SetOption parse(String option, Problems problems) {
    Matcher segment = SEGMENT.matcher(option);
    List<String> path = new ArrayList<>();
    while (segment.find()) {
      path.add(segment.group(1) == null ? segment.group(2).strip() : segment.group(1));
      if (segment.group(3).equals("=")) {
        return new SetOption(option, path, value(option, segment.end(), problems));
      }
    }
    throw new HeadraceException(
        "--set "
            + option
            + ": is not of the form key=value. Write the key as a dotted path, e.g. --set engine.threads=2.");
  }

  private static YamlNode value(String option, int start, Problems problems) {
    String text = option.substring(start).strip();
    Place place = Place.setOption(option);
    if (text.isEmpty()) {
      return new YamlNode.Absent(place);
    }
    boolean structured = "[{\"'".indexOf(text.charAt(0)) >= 0;
    return structured
        ? YamlReader.readValue(text, place, problems)
        : new YamlNode.Scalar(text, place);
  }

  /** The job with the value replaced. */
  YamlNode.Group applyTo(YamlNode.Group job) {
    return inGroup(job, 0);
  }

  /** Whether the job says something at this path itself. */
  boolean isSaidIn(YamlNode.Group job) {
    YamlNode at = job;
    for (String key : path) {
      YamlNode.Entry entry = at instanceof YamlNode.Group group ? group.entries().get(key) : null;
      if (entry == null) {
        return false;
      }
      at = entry.value();
    }
    return !(at instanceof YamlNode.Absent);
  }

  private YamlNode replaced(YamlNode old, int depth) {
    if (depth == path.size()) {
      return value;
    }
    return switch (old) {
      case YamlNode.Group group -> inGroup(group, depth);
      case YamlNode.Items items -> inItems(items, depth);
      case YamlNode.Absent absent -> inGroup(YamlNode.Group.empty(value.place()), depth);
      // a component without settings: its bare word is the key of a group
      case YamlNode.Scalar word when word.text().equals(path.get(depth)) ->
          inGroup(YamlNode.Group.empty(word.place()), depth);
      case YamlNode.Scalar scalar ->
          throw fault(depth, "is the single value '" + scalar.text() + "', with no keys inside");
    };
  }

  private YamlNode.Group inGroup(YamlNode.Group group, int depth) {
    String key = path.get(depth);
    YamlNode.Entry old = group.entries().get(key);
    YamlNode before = old == null ? new YamlNode.Absent(value.place()) : old.value();
    return group.with(key, replaced(before, depth + 1));
  }

  private YamlNode inItems(YamlNode.Items items, int depth) {
    String index = path.get(depth);
    int size = items.nodes().size();
    if (!index.matches("[0-9]{1,4}") || Integer.parseInt(index) >= size) {
      throw fault(
          depth, "is a list of " + size + ", counted from 0, and '" + index + "' is not in it");
    }
    List<YamlNode> nodes = new ArrayList<>(items.nodes());
    int i = Integer.parseInt(index);
    nodes.set(i, replaced(nodes.get(i), depth + 1));
    return new YamlNode.Items(nodes, items.place());
  }

  private HeadraceException fault(int depth, String problem) {
    return new HeadraceException(
        "--set "
            + option
            + ": "
            + String.join(".", path.subList(0, depth))
            + " "
            + problem
            + ". Paths are the keys of the job file joined with dots.");
  }
}
