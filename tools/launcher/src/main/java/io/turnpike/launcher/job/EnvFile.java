package io.turnpike.launcher.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file with lines of {@code NAME=VALUE}, as Docker has them: for what no job file should say. */
final class EnvFile {

  private static final Pattern LINE =
      Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)");

  private EnvFile() {}

  /** Its entries; null when it cannot be read or has a line that is none. */
  static @Nullable Map<String, String> read(Path file) {
    Map<String, String> entries = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher entry = LINE.matcher(line.strip());
        if (entry.matches()) {
          entries.put(entry.group(1), unquoted(entry.group(2).strip()));
        } else if (!line.isBlank() && !line.strip().startsWith("#")) {
          return null;
        }
      }
      return entries;
    } catch (IOException e) {
      return null;
    }
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() > 1
            && (value.startsWith("\"") || value.startsWith("'"))
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
