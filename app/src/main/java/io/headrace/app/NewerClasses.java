package io.headrace.app;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a jar anew, its classes of old formats in Java 8's. The JVM keeps none of the old ones
 * ready for the next start, so those of the command line alone took a tenth of a second of each.
 */
final class NewerClasses {
  private static final int WANTED = ClassFile.JAVA_8_VERSION;

  private NewerClasses() {}

  /** Takes the jars. Each is replaced as a whole, and left as it is if that fails. */
  public static void main(String[] arguments) throws IOException {
    for (String argument : arguments) {
      Path jar = Path.of(argument);
      Path written = Path.of(argument + ".new");
      try {
        rewrite(jar, written);
        Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(written);
      }
    }
  }

  private static void rewrite(Path jar, Path written) throws IOException {
    try (var from = new JarFile(jar.toFile());
        var classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        var to = new ZipOutputStream(Files.newOutputStream(written))) {
      var format =
          ClassFile.of(
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)),
              ConstantPoolSharingOption.NEW_POOL); // or methods would be copied as they are
      for (var entry : Collections.list(from.entries())) {
        byte[] bytes;
        try (InputStream content = from.getInputStream(entry)) {
          bytes = content.readAllBytes();
        }
        var same = new ZipEntry(entry.getName());
        same.setTime(entry.getTime());
        to.putNextEntry(same);
        to.write(entry.getName().endsWith(".class") ? newer(format, bytes) : bytes);
        to.closeEntry();
      }
    }
  }

  private static byte[] newer(ClassFile format, byte[] bytes) {
    ClassModel old = format.parse(bytes);
    if (old.majorVersion() >= WANTED) {
      return bytes;
    }
    return format.transformClass(
        old,
        ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen(
                (made, element) -> {
                  if (element instanceof ClassFileVersion) {
                    made.withVersion(WANTED, 0);
                  } else {
                    made.with(element);
                  }
                }));
  }
}
