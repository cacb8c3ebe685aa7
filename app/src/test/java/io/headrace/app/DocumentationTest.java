package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.command.HeadraceCommand;
import io.headrace.pipeline.job.JobFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the documents to what there is. */
class DocumentationTest {
  @Test
  void architectureNamesOnlyTypesThatExist() throws IOException {
    Set<String> types;
    try (Stream<Path> files = Files.walk(CommandLineRun.HOME)) {
      types =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".java"))
              .map(name -> name.replace(".java", ""))
              .collect(Collectors.toSet());
    }
    assertThat(named("ARCHITECTURE.md", "`([A-Z][A-Za-z]+)`")).isNotEmpty().isSubsetOf(types);
  }

  @Test
  void readmeListsEveryCommandAndNoOther() throws IOException {
    Set<String> commands = HeadraceCommand.commandLine().getSubcommands().keySet();
    assertThat(named("README.md", "\\| `\\./headrace ([a-z-]+)"))
        .containsExactlyInAnyOrderElementsOf(commands);
  }

  @Test
  void linksLeadToFiles() throws IOException {
    for (String page :
        List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions/README.md")) {
      for (String link : named(page, "\\]\\(([^)#:]+)\\)")) {
        assertThat(CommandLineRun.HOME.resolve(page).resolveSibling(link)).as(page).exists();
      }
    }
  }

  @Test
  void everyExampleIsAJob() throws IOException {
    try (Stream<Path> files = Files.walk(CommandLineRun.HOME.resolve("examples"))) {
      List<Path> jobs = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertThat(jobs).isNotEmpty();
      for (Path job : jobs) {
        assertThat(JobFile.read(job, List.of()).name()).isNotEmpty();
      }
    }
  }

  private static List<String> named(String page, String pattern) throws IOException {
    String text = Files.readString(CommandLineRun.HOME.resolve(page));
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .distinct()
        .toList();
  }
}
