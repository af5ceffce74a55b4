package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a gateway holds when nothing is under way, and what Redis does. */
record ChaosLeftovers(long liveBytes, long directBytes, int descriptors) {

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  /** Things that come and go with turns, as their series begin. */
  private static final List<String> OF_TURNS =
      List.of(
          "turnpike_turns_inflight",
          "turnpike_turns_waiting",
          "turnpike_bodies_bytes",
          "turnpike_bodies_kept_bytes",
          "turnpike_uploads",
          "turnpike_node_inflight_turns",
          "turnpike_node_inflight_tokens",
          "turnpike_engine_connections\\{state=\"busy\"",
          "turnpike_legs_waiting");

  /** Measures a process after a full collection. */
  static ChaosLeftovers of(SuiteStack suite, String gateway) throws IOException {
    long pid = suite.stack.pid(gateway);
    Matcher total = TOTAL.matcher(histogram(pid));
    if (!total.find()) {
      throw new IOException("jcmd told nothing of " + gateway);
    }
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return new ChaosLeftovers(
          Long.parseLong(total.group(1)),
          (long) sum(metrics(suite, gateway), "jvm_buffer_memory_used_bytes"),
          (int) files.count());
    }
  }

  /** The class histogram collects first, so that its sum is what lives. */
  private static String histogram(long pid) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram").start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** What a gateway still holds for turns, though none is under way. */
  static List<String> ofTurns(SuiteStack suite, String gateway) {
    String metrics = metrics(suite, gateway);
    List<String> left = new ArrayList<>();
    for (String name : OF_TURNS) {
      double value = sum(metrics, name);
      if (value != 0) {
        left.add(gateway + " " + name + " " + value);
      }
    }
    return left;
  }

  /** Times that an answer went on at another engine since the gateway began. */
  static int resumes(SuiteStack suite, String gateway) {
    return (int) sum(metrics(suite, gateway), "turnpike_resumes_total");
  }

  private static String metrics(SuiteStack suite, String gateway) {
    int port =
        suite.stack.plan().proxies().stream()
            .filter(proxy -> proxy.name().equals(gateway))
            .findFirst()
            .orElseGet(() -> suite.stack.plan().replication())
            .managementPort();
    URI url = URI.create("http://127.0.0.1:" + port + "/actuator/prometheus");
    return suite.send(java.net.http.HttpRequest.newBuilder(url).build()).body();
  }

  private static double sum(String metrics, String name) {
    Matcher line =
        Pattern.compile("(?m)^" + name + "(?:[{,][^}]*)?}? ([0-9.eE+-]+)$").matcher(metrics);
    double sum = 0;
    boolean found = false;
    while (line.find()) {
      sum += Double.parseDouble(line.group(1));
      found = true;
    }
    if (!found) {
      throw new AssertionError("no metric " + name);
    }
    return sum;
  }

  /** Keys that Redis would keep for ever. */
  static List<String> keysWithoutEnd(URI redis) {
    List<String> forEver = new ArrayList<>();
    try (RedisClient client = RedisClient.create(redis.toString());
        var connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      ScanIterator.scan(commands)
          .forEachRemaining(
              key -> {
                if (commands.pttl(key) == -1) {
                  forEver.add(key);
                }
              });
    }
    return forEver;
  }
}
