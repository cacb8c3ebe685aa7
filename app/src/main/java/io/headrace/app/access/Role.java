package io.headrace.app.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody is trusted with. */
public enum Role {
  /** Sees everything, and has the model predict. */
  VIEWER,
  /** Pushes samples, and sees how the job stands. */
  PRODUCER,
  /**
   * Sees everything; pauses, resumes, stops and starts jobs, has checkpoints written and goes back.
   */
  OPERATOR,
  /** May do all of that. */
  ADMIN;

  /** To read what the service shows, and to predict. */
  public static final String SEE = "see";

  /** To push samples. */
  public static final String PUSH = "push";

  /** To change what the job does. */
  public static final String OPERATE = "operate";

  /** Some of {@link #SEE}, {@link #PUSH} and {@link #OPERATE}. */
  public List<String> permissions() {
    return switch (this) {
      case VIEWER -> List.of(SEE);
      case PRODUCER -> List.of(PUSH);
      case OPERATOR -> List.of(SEE, OPERATE);
      case ADMIN -> List.of(SEE, PUSH, OPERATE);
    };
  }

  /** Its name for people and files: in lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As {@link #code}: what a person reads, and a shell completes. */
  @Override
  public String toString() {
    return code();
  }

  /** The role of that {@link #code}. */
  public static Optional<Role> of(String code) {
    return Arrays.stream(values()).filter(role -> role.code().equals(code)).findFirst();
  }
}
