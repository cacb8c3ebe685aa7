package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML text into {@link YamlNode}s. Nothing is ever constructed from a tag, and what aliases
 * can blow a small file up to is bounded. One instance reads one text.
 */
final class YamlReader {
  /** Room for a learned vocabulary, which a job in a checkpoint has inside. */
  private static final int MAX_CHARACTERS = 30_000_000;

  private static final int MAX_DEPTH = 40;
  private static final int MAX_NODES = 500_000;
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MAP,
          Tag.SEQ,
          Tag.MERGE);

  private final String file;
  private final IntFunction<Place> places;
  private final Problems problems;
  private int nodes;

  private YamlReader(String file, IntFunction<Place> places, Problems problems) {
    this.file = file;
    this.places = places;
    this.problems = problems;
  }

  /**
   * Reads a file's text.
   *
   * @param file its name, for messages
   * @throws HeadraceException if it is not YAML or too large
   */
  static YamlNode read(String file, String text, Problems problems) {
    return new YamlReader(file, line -> Place.line(file, line), problems).read(text);
  }

  /** Reads a value given at {@code place}. */
  static YamlNode readValue(String text, Place place, Problems problems) {
    return new YamlReader(place.text(), line -> place, problems).read(text);
  }

  private YamlNode read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new HeadraceException(
          "%s: has %d characters, more than the %d a job file may have. Is it a data file?"
              .formatted(file, text.length(), MAX_CHARACTERS));
    }
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      return node("", composed(text, options), 0);
    } catch (MarkedYAMLException e) {
      throw new HeadraceException(YamlFault.describe(file, e), e);
    } catch (YAMLException e) {
      throw new HeadraceException(YamlFault.describe(file, e), e);
    }
  }

  /** What {@code Yaml.compose} does, without the maker of objects, which brings up a logger. */
  private static @Nullable Node composed(String text, LoaderOptions options) {
    var parser = new ParserImpl(new StreamReader(new StringReader(text)), options);
    return new Composer(parser, new Resolver(), options).getSingleNode();
  }

  private YamlNode node(String path, @Nullable Node node, int depth) {
    if (node == null) {
      return new YamlNode.Absent(places.apply(1));
    }
    Place place = places.apply(node.getStartMark().getLine() + 1);
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
      throw new HeadraceException(
          "%s: is nested too deeply or repeats itself too often through aliases (%s). Write it out plainly."
              .formatted(path, place));
    }
    if (!PLAIN_TAGS.contains(node.getTag())) {
      problems.add(
          path, "the tag " + node.getTag() + " has no meaning in a job file. Remove it.", place);
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, place);
      case SequenceNode sequence -> items(path, sequence, place, depth);
      case MappingNode mapping -> group(path, mapping, place, depth);
      default -> throw new IllegalStateException("node " + node.getNodeId());
    };
  }

  private static YamlNode scalar(ScalarNode scalar, Place place) {
    String text = scalar.getValue();
    boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    boolean absent = plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
    return absent ? new YamlNode.Absent(place) : new YamlNode.Scalar(text, place);
  }

  private YamlNode items(String path, SequenceNode sequence, Place place, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(node(join(path, String.valueOf(items.size())), item, depth + 1));
    }
    return new YamlNode.Items(items, place);
  }

  private YamlNode group(String path, MappingNode mapping, Place place, int depth) {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place keyPlace = places.apply(tuple.getKeyNode().getStartMark().getLine() + 1);
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.add(path.isEmpty() ? file : path, "a key is not a single word.", keyPlace);
        continue;
      }
      String key = keyNode.getValue();
      YamlNode value = node(join(path, key), tuple.getValueNode(), depth + 1);
      YamlNode.Entry before = entries.putIfAbsent(key, new YamlNode.Entry(keyPlace, value));
      if (before != null) {
        String problem = "is given twice, first at " + before.place() + ". Keep one of the two.";
        problems.add(join(path, key), problem, keyPlace);
      }
    }
    return new YamlNode.Group(entries, place);
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
