package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedJarTest {
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final String SERVICE = "META-INF/services/a.Service";

  @TempDir Path folder;

  @Test
  void holdsWhatTheClassPathWouldFindFirstAndListsOfServicesJoined() throws Exception {
    String first =
        jar(
            "first.jar",
            Map.of("a/Both.class", "first", SERVICE, "a.One # without a line's end", "only", "1"));
    String second =
        jar("second.jar", Map.of("a/Both.class", "second", SERVICE, "a.Two\n", "more", "2"));

    assertThat(merged(first, second))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                MANIFEST,
                "Manifest-Version: 1.0\r\n\r\n",
                "a/Both.class",
                "first",
                SERVICE,
                "a.One # without a line's end\na.Two\n",
                "only",
                "1",
                "more",
                "2"));
  }

  @Test
  void takesOfEachJarWhatThisJvmWouldAndNothingThatIsOfTheJarItself() throws Exception {
    String jar =
        jar(
            "several.jar",
            Map.of(
                MANIFEST,
                "Manifest-Version: 1.0\r\nMulti-Release: true\r\n\r\n",
                "a/A.class",
                "old",
                "META-INF/versions/11/a/A.class",
                "new",
                "META-INF/versions/99/a/A.class",
                "not yet",
                "META-INF/versions/11/module-info.class",
                "module",
                "META-INF/SIGNER.SF",
                "signed",
                "META-INF/INDEX.LIST",
                "index"));

    assertThat(merged(jar))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(MANIFEST, "Manifest-Version: 1.0\r\n\r\n", "a/A.class", "new"));
  }

  @Test
  void keepsTheFoldersThatServicesAreLookedForIn() throws Exception {
    String jar =
        jar("folders.jar", Map.of("META-INF/", "", "META-INF/found/", "", "a/", "", "a/A", ""));

    assertThat(merged(jar)).containsOnlyKeys(MANIFEST, "META-INF/", "META-INF/found/", "a/A");
  }

  @Test
  void leavesNothingBehindWhereAJarIsNotThere() throws Exception {
    String there = jar("there.jar", Map.of("a", "b"));

    assertThatThrownBy(() -> merged(there, folder.resolve("nowhere.jar").toString()))
        .isInstanceOf(NoSuchFileException.class);

    assertThat(folder.toFile().list()).containsExactly("there.jar");
  }

  private Map<String, String> merged(String... jars) throws IOException {
    Path merged = folder.resolve("merged.jar");
    String[] arguments = new String[jars.length + 1];
    arguments[0] = merged.toString();
    System.arraycopy(jars, 0, arguments, 1, jars.length);
    MergedJar.main(arguments);
    var contents = new TreeMap<String, String>();
    try (var jar = new JarFile(merged.toFile())) {
      for (var entry : jar.stream().toList()) {
        byte[] content = jar.getInputStream(entry).readAllBytes();
        contents.put(entry.getName(), new String(content, StandardCharsets.UTF_8));
      }
    }
    return contents;
  }

  private String jar(String name, Map<String, String> contents) throws IOException {
    Path jar = folder.resolve(name);
    try (var to = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (var content : contents.entrySet()) {
        to.putNextEntry(new ZipEntry(content.getKey()));
        to.write(content.getValue().getBytes(StandardCharsets.UTF_8));
        to.closeEntry();
      }
    }
    return jar.toString();
  }
}
