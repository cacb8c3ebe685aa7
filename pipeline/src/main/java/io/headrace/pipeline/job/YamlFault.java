package io.headrace.pipeline.job;

import java.util.List;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Says in plain words why a text is not YAML: the parser's own words are about tokens. */
final class YamlFault {
  private record Explanation(String parserSays, String plainly) {}

  /** The first whose words occur in the parser's message holds. */
  private static final List<Explanation> EXPLANATIONS =
      List.of(
          new Explanation(
              "(TAB)", "a tab is used for indentation. YAML allows spaces only: replace it."),
          new Explanation(
              "expected a single document",
              "a second document begins here ('---'). A job file is one document: remove it."),
          new Explanation(
              "mapping values are not allowed here",
              "a ':' is not expected here. Indent the line as its neighbours, or put a text that contains"
                  + " ': ' in quotes."),
          new Explanation(
              "could not find expected ':'",
              "a key without ':' and value. Write it as 'key: value', with a space behind the colon."),
          new Explanation(
              "while scanning a quoted scalar", "a quote that was opened is not closed. Close it."),
          new Explanation(
              "while parsing a flow sequence",
              "a list that was opened with '[' is not closed or lacks a comma. Write it as [a, b]."),
          new Explanation(
              "while parsing a flow mapping",
              "a group that was opened with '{' is not closed or lacks a comma. Write it as {key: value,"
                  + " other: value}."),
          new Explanation(
              "while parsing a flow node", "a '[' or '{' that was opened is not closed. Close it."),
          new Explanation(
              "Global tag is not allowed",
              "a tag, a word that begins with '!!', has no meaning in a job file. Remove it."),
          new Explanation(
              "while parsing a block mapping",
              "the indentation does not fit the lines above. Keys of one group begin in the same column."),
          new Explanation(
              "while parsing a block collection",
              "the indentation does not fit the lines above. The '-' of one list stand in the same column."),
          new Explanation(
              "undefined alias", "an alias (*name) has no anchor (&name). Write the value out."),
          new Explanation(
              "Nesting Depth exceeded",
              "the file is nested too deeply. No job needs more than a few levels."),
          new Explanation(
              "Number of aliases",
              "the file repeats itself too often through aliases. Write it out plainly."),
          new Explanation(
              "special characters are not allowed",
              "the file contains control characters. Is it a text file?"));

  private YamlFault() {}

  /** One line: file, line and column, what is wrong, how to fix it. */
  static String describe(String file, YAMLException fault) {
    String said = String.valueOf(fault.getMessage());
    String plainly =
        EXPLANATIONS.stream()
            .filter(explanation -> said.contains(explanation.parserSays()))
            .map(Explanation::plainly)
            .findFirst()
            .orElseGet(() -> "the YAML parser says: " + firstLine(fault, said) + ".");
    Mark mark = fault instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
    String place =
        mark == null ? file : file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
    return place + ": is not valid YAML: " + plainly;
  }

  private static String firstLine(YAMLException fault, String said) {
    String problem = fault instanceof MarkedYAMLException marked ? marked.getProblem() : null;
    return problem == null ? said.lines().findFirst().orElse("") : problem;
  }
}
