package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationReferenceTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = PROJECT.resolve("docs/configuration.md");

  @Test
  void thePageIsWhatTheCodeDeclares() throws IOException {
    String markdown = ConfigurationReference.markdown();
    if (Boolean.getBoolean("update.docs")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, markdown);
    }

    assertThat(PAGE)
        .as(
            "To write the page anew: ./mvnw -pl pipeline -am test -Dtest=ConfigurationReferenceTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dupdate.docs=true")
        .hasContent(markdown);
  }

  @ParameterizedTest
  @MethodSource("exampleJobs")
  void everyExampleIsAccepted(Path job) {
    assertThat(JobFile.read(job, List.of()).name()).isNotEmpty();
  }

  static List<Path> exampleJobs() throws IOException {
    try (Stream<Path> files = Files.walk(PROJECT.resolve("examples"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("job.*\\.yaml"))
          .sorted()
          .toList();
    }
  }
}
