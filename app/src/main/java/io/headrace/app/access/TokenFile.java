package io.headrace.app.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The file that API tokens are kept in, hashed. Only its owner may read or write it, and, where it
 * belongs to root as what Kubernetes mounts does, its group may read it; each change is one rename,
 * so readers see all of it or nothing. Stateless.
 */
public final class TokenFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> OWNER_AND_READING_GROUP =
      PosixFilePermissions.fromString("rw-r-----");

  private final Path file;

  public TokenFile(Path file) {
    this.file = file;
  }

  Path path() {
    return file;
  }

  /**
   * All tokens that there are, expired ones too.
   *
   * @throws HeadraceException if the file is not there, is none of ours or is open to others
   */
  public List<ApiToken> read() {
    try {
      requireOwnerOnly();
      return parse(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new HeadraceException(
          "There is no file of tokens at %s. Make the first token: headrace tokens create --file %s --role admin --name NAME."
              .formatted(file, file),
          e);
    } catch (IOException e) {
      throw unusable("read", e);
    }
  }

  /**
   * Adds a token; makes the file if there is none.
   *
   * @param name of who or what is to have it
   * @throws HeadraceException if the file cannot be written
   */
  public ApiToken.Made create(String name, Role role, Instant now, Instant expires) {
    ApiToken.Made made = ApiToken.make(name, role, now, expires);
    change(
        tokens -> {
          var more = new ArrayList<>(tokens);
          more.add(made.token());
          return more;
        });
    return made;
  }

  /**
   * Takes a token out: a service that reads the file refuses it from then on.
   *
   * @throws HeadraceException if there is none of that id, or the file cannot be written
   */
  public void revoke(String id) {
    change(
        tokens -> {
          List<ApiToken> rest = tokens.stream().filter(token -> !token.id().equals(id)).toList();
          if (rest.size() == tokens.size()) {
            throw new HeadraceException(
                "%s has no token %s. headrace tokens list --file %s shows those that it has."
                    .formatted(file, id, file));
          }
          return rest;
        });
  }

  private void change(UnaryOperator<List<ApiToken>> change) {
    Path absolute = file.toAbsolutePath();
    Path lock = absolute.resolveSibling("." + absolute.getFileName() + ".lock");
    Path next = absolute.resolveSibling("." + absolute.getFileName() + ".next");
    try {
      Files.createDirectories(absolute.resolveSibling(".").normalize());
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        assert held.isValid();
        List<ApiToken> changed = change.apply(Files.exists(absolute) ? read() : List.of());
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Files.writeString(next, text(changed));
        try (FileChannel written = FileChannel.open(next, StandardOpenOption.WRITE)) {
          written.force(true);
        }
        Files.move(next, absolute, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw unusable("written", e);
    }
  }

  private void requireOwnerOnly() throws IOException {
    PosixFileAttributes of = Files.readAttributes(file, PosixFileAttributes.class);
    Set<PosixFilePermission> permissions = of.permissions();
    if (!isClosed(permissions, of.owner().getName(), System.getProperty("user.name", ""))) {
      throw new HeadraceException(
          "%s may be used by others than its owner (%s). Take that from them: chmod 600 %s."
              .formatted(file, PosixFilePermissions.toString(permissions), file));
    }
  }

  /** Whether nobody reads a file by accident; its group may where root has put it there for us. */
  static boolean isClosed(Set<PosixFilePermission> permissions, String owner, String reader) {
    boolean mounted = owner.equals("root") && !reader.equals(owner);
    return (mounted ? OWNER_AND_READING_GROUP : OWNER_ONLY).containsAll(permissions);
  }

  private List<ApiToken> parse(String text) {
    List<ApiToken> tokens = new ArrayList<>();
    try {
      for (JsonNode node : JSON.readTree(text).path("tokens")) {
        tokens.add(token(node));
      }
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException e) {
      // Without what the fault says, for it may repeat a part of the file.
      throw new HeadraceException(
          "%s is not a file of tokens. Move it away, and make tokens with headrace tokens create."
              .formatted(file));
    }
    return tokens;
  }

  private static ApiToken token(JsonNode node) {
    String sha256 = node.path("sha256").asText();
    if (HexFormat.of().parseHex(sha256).length != 32) {
      throw new IllegalArgumentException("no SHA-256");
    }
    return new ApiToken(
        node.path("id").asText(),
        node.path("name").asText(),
        Role.of(node.path("role").asText()).orElseThrow(IllegalArgumentException::new),
        Instant.parse(node.path("created").asText()),
        Instant.parse(node.path("expires").asText()),
        sha256);
  }

  private static String text(List<ApiToken> tokens) throws JsonProcessingException {
    ObjectNode all = JSON.createObjectNode();
    var list = all.putArray("tokens");
    for (ApiToken token : tokens) {
      list.addObject()
          .put("id", token.id())
          .put("name", token.name())
          .put("role", token.role().code())
          .put("created", token.created().toString())
          .put("expires", token.expires().toString())
          .put("sha256", token.sha256());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
  }

  private HeadraceException unusable(String what, IOException e) {
    return new HeadraceException("%s cannot be %s: %s.".formatted(file, what, e), e);
  }
}
