package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A signature of files that belong together, in a file {@code NAME.sig} beside the first of them:
 * which key signed, each file's SHA-256 and name, and the Ed25519 signature of these lines in
 * Base64. Stateless.
 */
public final class ModelSignature {
  private static final String FIRST = "headrace-signature 1";
  private static final String KEY = "key ";
  private static final String SIGNATURE = "signature ";

  private ModelSignature() {}

  /**
   * Signs files of one folder.
   *
   * @param files the model's first
   * @param keys a key set of {@link KeySetFile#createForSigning}
   * @return the id of the key that signed
   * @throws HeadraceException if the keys are not for signing, or a file cannot be read or written
   */
  public static long sign(List<Path> files, EncryptionSettings keys) {
    SigningKeys signing = SigningKeys.open(keys);
    Path to = beside(files.getFirst());
    try {
      var lines = new StringBuilder(FIRST).append('\n');
      lines.append(KEY).append(signing.id()).append('\n');
      for (Path file : files) {
        lines.append(sha256(file)).append("  ").append(file.getFileName()).append('\n');
      }
      byte[] signed = lines.toString().getBytes(StandardCharsets.UTF_8);
      byte[] signature = signing.sign(signed);
      Files.writeString(
          to, lines + SIGNATURE + Base64.getEncoder().encodeToString(signature) + "\n");
      return signing.id();
    } catch (IOException e) {
      throw new HeadraceException(
          "%s could not be signed: %s. Check the folder's rights.".formatted(to, e), e);
    }
  }

  private static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  /**
   * Checks a file and those that were signed with it.
   *
   * @param publicKeys file of those whose signatures count
   * @return the id of the key that signed
   * @throws HeadraceException if there is no signature, it is by none of these keys, or a file was
   *     changed since or is missing; the message says which
   */
  public static long verify(Path file, Path publicKeys) {
    Path signatureFile = beside(file);
    String text = text(signatureFile, "There is no signature %s. Sign with export --sign.");
    int end = text.lastIndexOf(SIGNATURE);
    List<String> lines = text.lines().toList();
    if (!text.startsWith(FIRST + "\n") || end < 1 || !lines.get(1).startsWith(KEY)) {
      throw new HeadraceException(
          "%s is not a signature that headrace made. Get it again from whoever signed."
              .formatted(signatureFile));
    }
    String key = lines.get(1).substring(KEY.length());
    requireSigned(
        text.substring(0, end),
        text.substring(end + SIGNATURE.length()).strip(),
        key,
        signatureFile,
        publicKeys);
    boolean found = false;
    for (String line : lines.subList(2, lines.size() - 1)) {
      Path signed = file.resolveSibling(line.substring(line.indexOf("  ") + 2));
      requireUnchanged(signed, line.substring(0, line.indexOf("  ")), key);
      found |= signed.getFileName().equals(file.getFileName());
    }
    if (!found) {
      throw new HeadraceException(
          "%s signs other files than %s. Put the files back under the names that they were signed with."
              .formatted(signatureFile, file));
    }
    return Long.parseLong(key);
  }

  private static void requireSigned(
      String signed, String signature, String key, Path signatureFile, Path publicKeys) {
    PublicKeys keys = PublicKeys.open(publicKeys);
    if (!keys.has(Long.parseLong(key))) {
      throw new HeadraceException(
          "%s is by key %s, which is not among those of %s: whose it is nobody can tell. Get the signer's public keys."
              .formatted(signatureFile, key, publicKeys));
    }
    if (!keys.signed(signed.getBytes(StandardCharsets.UTF_8), decoded(signature))) {
      throw new HeadraceException(
          "%s is not what key %s of %s signed: it was changed, or the public keys are others. Trust none of the files; get them again."
              .formatted(signatureFile, key, publicKeys));
    }
  }

  /** Nothing, which nobody signs, of what is no Base64. */
  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static void requireUnchanged(Path file, String expected, String key) {
    try {
      String found = sha256(file);
      if (!found.equals(expected)) {
        throw new HeadraceException(
            "%s was changed since key %s signed it: its SHA-256 is %s, not %s. Do not use it; get it again."
                .formatted(file, key, found, expected));
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "%s, which key %s signed, cannot be read: %s. Put it back beside the others."
              .formatted(file, key, e),
          e);
    }
  }

  private static String text(Path file, String missing) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new HeadraceException(missing.formatted(file), e);
    } catch (IOException e) {
      throw new HeadraceException("%s cannot be read: %s.".formatted(file, e), e);
    }
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
