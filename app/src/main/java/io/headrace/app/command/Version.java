package io.headrace.app.command;

import java.io.IOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code headrace --version} prints: our version as the build wrote it, and the JVM's. */
final class Version implements IVersionProvider {
  private static final String RESOURCE = "/io/headrace/app/version.properties";

  @Override
  public String[] getVersion() throws IOException {
    var properties = new Properties();
    try (var in = Version.class.getResourceAsStream(RESOURCE)) {
      properties.load(Objects.requireNonNull(in, RESOURCE));
    }
    return new String[] {
      "headrace " + properties.getProperty("version"),
      "JVM %s (%s)".formatted(Runtime.version(), System.getProperty("java.vm.vendor"))
    };
  }
}
