package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Ray cluster all of whose nodes are on this machine, as its dashboard and its processes say. */
record RayCluster(String dashboard, String token) {

  private static final Pattern HEAD = Pattern.compile("--gcs-address=(\\S+)");

  /** The one that the environment names; null: it names none. */
  static @Nullable RayCluster ofEnvironment() {
    String address = System.getenv("RAY_ADDRESS");
    String token = System.getenv("RAY_AUTH_TOKEN");
    return address == null || !address.startsWith("http")
        ? null
        : new RayCluster(address, token == null ? "" : token);
  }

  /** Processes of this machine whose command line has all of these words. */
  static List<ProcessHandle> processes(String... words) {
    return ProcessHandle.allProcesses()
        .filter(process -> Stream.of(words).allMatch(commandLine(process)::contains))
        .toList();
  }

  /** The JDK gives up on long ones. */
  private static String commandLine(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return new String(Files.readAllBytes(file), ISO_8859_1).replace('\0', ' ');
    } catch (IOException e) {
      return ""; // It has ended.
    }
  }

  /** What Ray still holds for anybody: placement groups, and actors of ours. */
  List<String> held() {
    Stream<String> groups =
        list("placement_groups")
            .filter(group -> !group.path("state").asString("").equals("REMOVED"))
            .map(JsonNode::toString);
    Stream<String> actors =
        list("actors")
            .filter(actor -> actor.path("class_name").asString("").matches("Keeper|Desk"))
            .filter(actor -> !actor.path("state").asString("").equals("DEAD"))
            .map(JsonNode::toString);
    return Stream.concat(groups, actors).toList();
  }

  private Stream<JsonNode> list(String what) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(dashboard + "/api/v0/" + what + "?limit=10000"))
            .header("Authorization", "Bearer " + token)
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      String body = http.send(request, BodyHandlers.ofString(UTF_8)).body();
      return JsonMapper.shared().readTree(body).at("/data/result/result").valueStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Adds a node with one of the resource {@code engine}, by the {@code ray} of PATH.
   *
   * @return its daemon
   */
  ProcessHandle addNode(String address, Path log) throws Exception {
    Matcher head = HEAD.matcher(commandLine(daemons().getFirst()));
    if (!head.find()) {
      throw new IllegalStateException("a raylet that does not say where its head is");
    }
    ProcessBuilder command =
        new ProcessBuilder("ray", "start", "--address", head.group(1))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    command.command().addAll(List.of("--node-ip-address", address, "--num-cpus", "4"));
    command.command().addAll(List.of("--resources", "{\"engine\": 1}", "--disable-usage-stats"));
    command.command().addAll(List.of("--object-store-memory", "100000000"));
    command.command().addAll(List.of("--min-worker-port", "0", "--max-worker-port", "0"));
    command.environment().remove("RAY_ADDRESS");
    command.environment().put("RAY_AUTH_MODE", token.isEmpty() ? "disabled" : "token");
    Process start = command.start();
    if (start.waitFor() != 0) {
      throw new IllegalStateException(Files.readString(log));
    }
    return daemons().stream()
        .filter(daemon -> commandLine(daemon).contains(address))
        .findFirst()
        .orElseThrow();
  }

  private static List<ProcessHandle> daemons() {
    return processes("/raylet/raylet ");
  }
}
