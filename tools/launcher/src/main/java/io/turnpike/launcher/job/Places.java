package io.turnpike.launcher.job;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of a file stand, for messages.
 *
 * @param file its name
 * @param lines the line of each key, by its path, from 1
 */
record Places(String file, Map<String, Integer> lines) {

  public Places {
    lines = Map.copyOf(lines);
  }

  /** Of a role's parameter, the path under which it stands: the role's own, or the general one. */
  String param(String role, String name) {
    for (String owner : new String[] {role, "general"}) {
      for (String spelling : new String[] {name, name.replace('_', '-')}) {
        String path = owner + ".params." + spelling;
        if (lines.containsKey(path)) {
          return path;
        }
      }
    }
    return role + ".params." + name;
  }

  /** One line: file, line, key, and what is wrong there; the nearest key above for one unsaid. */
  String say(String path, String what) {
    Integer line = line(path);
    return file + (line == null ? "" : ":" + line) + ": " + path + ": " + what;
  }

  /** The line that a message of {@link #say} names; 0 when it names none. */
  int lineOf(String message) {
    String rest = message.substring(Math.min(message.length(), file.length() + 1));
    String line = rest.replaceFirst("(?s):.*", "");
    return line.matches("[0-9]{1,9}") ? Integer.parseInt(line) : 0;
  }

  private @Nullable Integer line(String path) {
    String at = path;
    while (!lines.containsKey(at) && at.contains(".")) {
      at = at.substring(0, at.lastIndexOf('.'));
    }
    return lines.get(at);
  }
}
