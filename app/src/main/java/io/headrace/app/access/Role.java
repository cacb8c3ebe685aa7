package io.headrace.app.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody is trusted with. */
public enum Role {
  /** Sees everything, and has the model predict. */
  VIEWER(Role.SEE),
  /** Pushes samples, and sees how the job stands. */
  PRODUCER(Role.PUSH),
  /** Sees everything; pauses, resumes, has checkpoints written. */
  OPERATOR(Role.SEE, Role.OPERATE),
  /** May do all of that. */
  ADMIN(Role.SEE, Role.PUSH, Role.OPERATE);

  /** To read what the service shows, and to predict. */
  public static final String SEE = "see";

  /** To push samples. */
  public static final String PUSH = "push";

  /** To change what the job does. */
  public static final String OPERATE = "operate";

  private final List<String> permissions;

  Role(String... permissions) {
    this.permissions = List.of(permissions);
  }

  /** Some of {@link #SEE}, {@link #PUSH} and {@link #OPERATE}. */
  public List<String> permissions() {
    return permissions;
  }

  /** Its name for people and files: in lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of that {@link #code}. */
  public static Optional<Role> of(String code) {
    return Arrays.stream(values()).filter(role -> role.code().equals(code)).findFirst();
  }
}
