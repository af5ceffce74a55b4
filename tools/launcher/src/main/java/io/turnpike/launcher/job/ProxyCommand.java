package io.turnpike.launcher.job;

import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code scheduler.command}: how somebody else's proxy is started. {@code {PORT}} stands for the
 * scheduler's port, and {@code $PREFILL_HOST_1} or {@code ${DECODE_URL_2}} for where workers are.
 * No shell runs it.
 *
 * @param line as it was written
 */
public record ProxyCommand(String line) {

  private static final String NAME = "(?:PREFILL|DECODE|REPLICA)_(?:HOST|PORT|URL)_[0-9]{1,4}";
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$(?:\\{(" + NAME + ")}|(" + NAME + "))");

  /** Where a worker is; null when there is none of that number, from 1. */
  @FunctionalInterface
  public interface Workers {
    @Nullable Address of(Role role, int n);
  }

  /**
   * Host and port of a worker.
   *
   * @param host a name or an address
   * @param port its HTTP port, or a word that stands for it
   */
  public record Address(String host, String port) {
    private String part(String what) {
      return switch (what) {
        case "HOST" -> host;
        case "PORT" -> port;
        default -> "http://" + host + ":" + port;
      };
    }
  }

  /** The words of the command, with the places of workers in it. */
  public List<String> words(int port, Workers workers) {
    Matcher matcher = PLACEHOLDER.matcher(line.replace("{PORT}", Integer.toString(port)));
    return ShellWords.split(
        matcher.replaceAll(
            found -> {
              Address address = address(found, workers);
              return Matcher.quoteReplacement(
                  address == null ? found.group() : address.part(name(found).split("_", -1)[1]));
            }));
  }

  /** Placeholders for workers that there are not. */
  List<String> unknown(Workers workers) {
    List<String> unknown = new ArrayList<>();
    PLACEHOLDER
        .matcher(line)
        .results()
        .filter(found -> address(found, workers) == null)
        .forEach(found -> unknown.add(found.group()));
    return unknown;
  }

  private static @Nullable Address address(MatchResult found, Workers workers) {
    String[] parts = name(found).split("_", -1);
    return workers.of(Role.valueOf(parts[0]), Integer.parseInt(parts[2]));
  }

  private static String name(MatchResult found) {
    return found.group(1) == null ? found.group(2) : found.group(1);
  }
}
