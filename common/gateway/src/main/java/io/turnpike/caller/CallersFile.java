package io.turnpike.caller;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * Reads the file in which an operator lists callers:
 *
 * <pre>
 * callers:
 *   - id: alice
 *     sha256: 64 hexadecimal digits       # several, separated by commas, while a key is changed
 *     models: [qwen3]                     # absent: all
 *     limits: {requests-per-second: 5, turns: 8, tokens-per-minute: 100000}
 *     priority: true                      # absent: false
 *     admin: true                         # absent: false
 * </pre>
 */
final class CallersFile {

  /** Callers that a file may list. */
  static final int MAX_CALLERS = 10_000;

  private static final int MAX_FILE_BYTES = 8 * 1024 * 1024;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  /** Who shows the admin key has it. */
  static final String RESERVED = "admin";

  private static final String HASH_EXPECTED = "64 hexadecimal digits, as ./turnpike key new gives";

  private CallersFile() {}

  /** The file as it is written. */
  record Listed(@DefaultValue List<Entry> callers) {}

  /** One caller as it is written. */
  record Entry(
      @Nullable String id,
      @DefaultValue List<String> sha256,
      @DefaultValue Set<String> models,
      @Nullable Limits limits,
      @DefaultValue("false") boolean priority,
      @DefaultValue("false") boolean admin) {}

  /**
   * Reads it.
   *
   * @param salt the secret that cache salts are made with; null: each caller's own key
   * @throws IllegalArgumentException in one line, if it is not one
   */
  static Callers.Table read(Path file, byte @Nullable [] salt) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IllegalArgumentException("more than " + MAX_FILE_BYTES + " bytes");
      }
      return parse(Files.readAllBytes(file), salt);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException("cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  static Callers.Table parse(byte[] yaml, byte @Nullable [] salt) {
    List<Entry> entries = entries(yaml);
    if (entries.size() > MAX_CALLERS) {
      throw new IllegalArgumentException("more than " + MAX_CALLERS + " callers");
    }
    KeyTable keys = new KeyTable();
    Set<String> ids = new HashSet<>();
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String id = id(entry, i);
      if (!ids.add(id)) {
        throw new IllegalArgumentException("callers: " + id + " stands there twice");
      }
      add(keys, hashes, entry, id, salt);
    }
    return new Callers.Table(keys, Set.copyOf(ids));
  }

  private static List<Entry> entries(byte[] yaml) {
    try {
      List<PropertySource<?>> documents =
          new YamlPropertySourceLoader().load("callers", new ByteArrayResource(yaml));
      if (documents.size() != 1) {
        throw new IllegalArgumentException(
            documents.isEmpty() ? "empty (expected: callers:)" : "more than one document");
      }
      ConfigurationPropertySource source = ConfigurationPropertySource.from(documents.getFirst());
      if (source == null) {
        throw new IllegalArgumentException("no YAML");
      }
      return new Binder(source)
          .bind(
              "", Bindable.of(Listed.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
          .map(Listed::callers)
          .orElse(List.of());
    } catch (BindException wrong) {
      throw new IllegalArgumentException(line(wrong), wrong);
    } catch (IOException | RuntimeException wrong) {
      throw wrong instanceof IllegalArgumentException known
          ? known
          : new IllegalArgumentException("no YAML: " + firstLine(wrong), wrong);
    }
  }

  private static String line(BindException wrong) {
    Throwable deepest = wrong;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String name = wrong.getName().toString();
    return deepest instanceof UnboundConfigurationPropertiesException unbound
        ? unbound.getUnboundProperties().iterator().next().getName() + ": unknown key"
        : name + ": " + firstLine(deepest);
  }

  private static String firstLine(Throwable wrong) {
    return String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
  }

  private static String id(Entry entry, int place) {
    String id = entry.id();
    if (id == null || !ID.matcher(id).matches() || id.equals(RESERVED)) {
      throw new IllegalArgumentException(
          "callers[%d].id: %s (expected: 1 to 64 letters, digits and . _ @ -, and not \"admin\")"
              .formatted(place, id == null ? "missing" : "\"" + id + "\""));
    }
    return id;
  }

  private static void add(
      KeyTable keys, Set<String> hashes, Entry entry, String id, byte @Nullable [] salt) {
    if (entry.sha256().isEmpty()) {
      throw new IllegalArgumentException(id + ".sha256: missing (expected: " + HASH_EXPECTED + ")");
    }
    byte[] first = hash(id, entry.sha256().getFirst());
    Caller caller =
        new Caller(
            id,
            entry.models(),
            entry.limits() == null ? Limits.NONE : entry.limits(),
            entry.priority(),
            entry.admin(),
            new CacheSalt(salt == null ? first : salt, id));
    for (String listed : entry.sha256()) {
      byte[] hash = hash(id, listed);
      if (!hashes.add(HexFormat.of().formatHex(hash))) {
        throw new IllegalArgumentException(id + ".sha256: a key that stands there twice");
      }
      keys.add(hash, caller);
    }
  }

  private static byte[] hash(String id, String hex) {
    String digits = hex.strip().toLowerCase(Locale.ROOT);
    if (digits.length() == 2 * KeyTable.HASH_BYTES
        && digits.chars().allMatch(HexFormat::isHexDigit)) {
      return HexFormat.of().parseHex(digits);
    }
    throw new IllegalArgumentException(id + ".sha256: wrong (expected: " + HASH_EXPECTED + ")");
  }
}
