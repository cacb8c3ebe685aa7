package io.headrace.app;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes one jar that takes the place of a whole class path. A search for what is in no jar, as
 * libraries make for optional parts of theirs, opens all of them: a good part of a quick start. Of
 * a name that several have, the first counts, as on the class path; lists of services are joined.
 * Our own classes have plain methods in it for what the JVM would make at each start.
 */
final class MergedJar implements AutoCloseable {
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final String SERVICES = "META-INF/services/";
  private static final String NETTY_VERSIONS = "META-INF/io.netty.versions.properties";

  private static final String OURS = "io/headrace/";

  private final ZipOutputStream to;
  private final PlainCalls plain;
  private final Set<String> written = new HashSet<>();
  private final Map<String, String> joined = new LinkedHashMap<>();

  private MergedJar(Path jar, ClassLoader classes) throws IOException {
    plain = new PlainCalls(classes);
    to = new ZipOutputStream(Files.newOutputStream(jar));
    to.setLevel(Deflater.BEST_SPEED);
  }

  /** Takes the jar to write, which is replaced as a whole or not at all, and the class path. */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    List<String> classPath = List.of(arguments).subList(1, arguments.length);
    Path made = Path.of(arguments[0] + ".new");
    try {
      try (var classes = new URLClassLoader(places(classPath));
          var merged = new MergedJar(made, classes)) {
        merged.write(
            new ZipEntry(MANIFEST),
            "Manifest-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        for (String from : classPath) {
          merged.add(new File(from));
        }
        merged.writeJoined();
      }
      Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private static URL[] places(List<String> classPath) throws IOException {
    URL[] places = new URL[classPath.size()];
    for (int at = 0; at < places.length; at++) {
      places[at] = Path.of(classPath.get(at)).toUri().toURL();
    }
    return places;
  }

  /** Adds what a JVM of this version would find in the jar. */
  private void add(File jar) throws IOException {
    try (var from = new JarFile(jar, true, JarFile.OPEN_READ, Runtime.version())) {
      for (JarEntry entry : from.versionedStream().toList()) {
        if (isAboutTheJar(entry)) {
          continue;
        }
        byte[] content;
        try (InputStream in = from.getInputStream(entry)) {
          content = in.readAllBytes();
        }
        if (isList(entry)) {
          joined.merge(
              entry.getName(),
              new String(content, StandardCharsets.UTF_8),
              (before, after) -> before + "\n" + after);
        } else if (!written.contains(entry.getName())) {
          write(entry, isOurs(entry) ? plain.in(content) : content);
        }
      }
    }
  }

  /** Manifests, signatures and the like, and folders other than those that services are kept in. */
  private static boolean isAboutTheJar(ZipEntry entry) {
    String name = entry.getName();
    return (entry.isDirectory() && !name.startsWith("META-INF/"))
        || name.equals(MANIFEST)
        || name.equals("META-INF/INDEX.LIST")
        || name.endsWith("module-info.class")
        || name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
  }

  private static boolean isOurs(ZipEntry entry) {
    return entry.getName().startsWith(OURS) && entry.getName().endsWith(".class");
  }

  private static boolean isList(ZipEntry entry) {
    return (!entry.isDirectory() && entry.getName().startsWith(SERVICES))
        || entry.getName().equals(NETTY_VERSIONS);
  }

  private void writeJoined() throws IOException {
    for (var list : joined.entrySet()) {
      write(new ZipEntry(list.getKey()), list.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void write(ZipEntry like, byte[] content) throws IOException {
    var entry = new ZipEntry(like.getName());
    entry.setTime(Math.max(like.getTime(), 0));
    to.putNextEntry(entry);
    to.write(content);
    to.closeEntry();
    written.add(like.getName());
  }

  @Override
  public void close() throws IOException {
    to.close();
  }
}
