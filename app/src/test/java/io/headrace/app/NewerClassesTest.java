package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class NewerClassesTest {
  @TempDir Path folder;

  @Test
  void turnsTheCommandLinesClassesIntoOnesThatTheJvmVerifiesAndKeeps() throws Exception {
    Path library =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.copy(library, folder.resolve("library.jar"));

    NewerClasses.main(new String[] {jar.toString()});

    assertThat(folder.toFile().list()).containsExactly("library.jar");
    List<String> old = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try (var before = new JarFile(library.toFile());
        var after = new JarFile(jar.toFile());
        var loader =
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertThat(after.stream().map(Object::toString))
          .containsExactlyElementsOf(before.stream().map(Object::toString).toList());
      for (var entry : after.stream().toList()) {
        byte[] bytes = after.getInputStream(entry).readAllBytes();
        byte[] given = before.getInputStream(before.getEntry(entry.getName())).readAllBytes();
        if (!entry.getName().matches("picocli/.*\\.class")) {
          assertThat(bytes).as(entry.getName()).isEqualTo(given);
          continue;
        }
        if (ClassFile.of().parse(given).majorVersion() < ClassFile.JAVA_8_VERSION) {
          old.add(entry.getName());
        }
        assertThat(ClassFile.of().parse(bytes).majorVersion())
            .isGreaterThanOrEqualTo(ClassFile.JAVA_8_VERSION);
        names.add(entry.getName().replaceAll("\\.class$", "").replace('/', '.'));
      }
      for (String name : names) {
        assertThat(Class.forName(name, true, loader).getClassLoader()).as(name).isSameAs(loader);
      }
    }
    assertThat(old).isNotEmpty();
  }
}
