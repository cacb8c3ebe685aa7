package io.headrace.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who else may read the tokens. */
class TokenFileTest {
  @ParameterizedTest
  @CsvSource({
    "rw-------, ada, ada, true",
    "r--------, ada, ada, true",
    "r--r-----, ada, ada, false",
    "r--r-----, ada, bob, false",
    "r--r-----, root, root, false",
    "r--r-----, root, headrace, true",
    "rw-rw----, root, headrace, false",
    "r--r--r--, root, headrace, false",
  })
  void onlyItsOwnerUnlessRootPutItThere(
      String permissions, String owner, String reader, boolean closed) {
    assertThat(TokenFile.isClosed(PosixFilePermissions.fromString(permissions), owner, reader))
        .isEqualTo(closed);
  }
}
