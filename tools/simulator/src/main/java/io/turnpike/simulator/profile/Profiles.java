package io.turnpike.simulator.profile;

import io.turnpike.cost.EngineProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Finds engine profiles: the built-in ones by name, an operator's own by path. */
public final class Profiles {

  /** The validated one; what everything uses unless told otherwise. */
  public static final String DEFAULT = "h100-llama-3.1-8b";

  /** All built-in names. */
  public static final List<String> NAMES =
      List.of(DEFAULT, "h200-llama-3.1-8b", "a100-80-llama-3.1-8b", "a100-qwen2.5-7b");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private Profiles() {}

  /** The profile of that built-in name, or of the YAML file at that path. */
  public static EngineProfile find(String nameOrPath) {
    return NAMES.contains(nameOrPath) ? builtIn(nameOrPath) : read(Path.of(nameOrPath));
  }

  /** A built-in profile. */
  public static EngineProfile builtIn(String name) {
    try (InputStream in = EngineProfile.class.getResourceAsStream(name + ".yaml")) {
      if (in == null) {
        throw new IllegalArgumentException(
            "profile: \"%s\" (expected: one of %s, or a YAML file)".formatted(name, NAMES));
      }
      return parse(name, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalArgumentException("profile %s: cannot be read".formatted(name), e);
    }
  }

  /** The profile in a YAML file. */
  public static EngineProfile read(Path file) {
    try {
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "profile: \"%s\" (expected: one of %s, or a YAML file)".formatted(file, NAMES), e);
    }
  }

  /** The profile as a YAML file has it. */
  public static String write(EngineProfile profile) {
    return YAML.writeValueAsString(profile);
  }

  private static EngineProfile parse(String origin, byte[] yaml) {
    try {
      return YAML.readValue(yaml, EngineProfile.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "profile %s: %s".formatted(origin, e.getOriginalMessage()), e);
    }
  }
}
