package io.turnpike.launcher.ray;

import io.turnpike.launcher.job.ClusterBackEnd;
import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.Findings;
import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.NeverSubmitted;
import io.turnpike.launcher.job.RaySettings;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.job.ShellWords;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.StackException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A Ray cluster, reached by its dashboard. */
public final class RayBackEnd implements ClusterBackEnd {

  /** Longer than the driver needs to end gateways, and then workers. */
  private static final int STOP_WAIT_SECONDS = 90;

  /** Ray 2.40, as a number. */
  private static final int OLDEST = 2 * 1_000 + 40;

  private final Installation installation;

  /** Ray clusters, as this machine reaches them. */
  public RayBackEnd(Installation installation) {
    this.installation = installation;
  }

  @Override
  public String word() {
    return "ray";
  }

  @Override
  public void check(JobFile job, Findings findings) {
    JobCheck.checkFolder(job, findings);
    Path folder = job.workingFolder();
    if (folder != null && Files.isDirectory(folder)) {
      long bytes = RayArchive.bytes(folder);
      if (bytes > RayArchive.MOST_BYTES) {
        findings.mistake(
            "working_dir",
            (bytes >> 20) + " MiB would be shipped to the nodes",
            "at most " + (RayArchive.MOST_BYTES >> 20) + " MiB; put models on the nodes");
      }
    }
    boolean shared = job.scheduler().gateway().redis().matches("rediss?://.*");
    if (job.scheduler().gateway().proxies() > 1 && !shared) {
      findings.mistake(
          "scheduler.proxies",
          job.scheduler().gateway().proxies() + " without a Redis",
          "scheduler.redis, a URL: on Ray none is started, and proxies share by it");
    }
    URI registry = job.target().ray().registry();
    if (registry != null && registry.getPort() < 0) {
      findings.mistake("ray.registry", "'" + registry + "'", "host and port");
    }
    if (registry != null && job.scheduler().command() != null) {
      findings.mistake(
          "ray.registry", "said beside a scheduler.command", "one of both: each stands in front");
    }
  }

  @Override
  public List<String> render(JobFile job, JobFolder.Entry entry) {
    ObjectNode plan = new RayPlan(job, installation).json(entry.id(), "$ADMIN_KEY");
    for (JsonNode process : plan.findParents("env")) {
      for (String name : List.copyOf(process.path("env").propertyNames())) {
        if (job.secrets().contains(name)
            || process.path("env").path(name).asString("").contains("@")) {
          ((ObjectNode) process.path("env")).put(name, "$" + name);
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("# to " + address(job.target().ray()) + ", as the plan of turnpike_driver.py:");
    lines.addAll(plan.toPrettyString().lines().toList());
    return lines;
  }

  @Override
  public ClusterJob submit(JobFile job, JobFolder.Entry entry) throws InterruptedException {
    RaySettings settings = job.target().ray();
    URI address = address(settings);
    ObjectNode plan = new RayPlan(job, installation).json(entry.id(), key(settings));
    RayArchive archive = RayArchive.of(plan, job.workingFolder());
    ObjectNode environment = JsonMapper.shared().createObjectNode();
    environment.put("working_dir", "gcs://" + archive.name());
    environment
        .putObject("env_vars")
        .put("RAY_JOB_STOP_WAIT_TIME_S", Integer.toString(STOP_WAIT_SECONDS));
    try (RayClient client = client(address, settings.tokenVariable())) {
      requireNewEnough(client.version()); // A wrong address or token is said here, in one line.
      client.ship(archive.name(), archive.bytes());
      client.submit(request(entry.id(), List.of("turnpike_driver.py", entry.id()), environment));
    }
    ObjectNode kept = JsonMapper.shared().createObjectNode();
    kept.put("address", address.toString()).put("token_env", settings.tokenVariable());
    kept.set("runtime_env", environment);
    entry.remember(kept.toString());
    return job(entry.id(), kept);
  }

  private static void requireNewEnough(String version) {
    Matcher numbers = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\..*").matcher(version);
    if (numbers.matches()
        && Integer.parseInt(numbers.group(1)) * 1_000 + Integer.parseInt(numbers.group(2))
            < OLDEST) {
      throw new StackException("the cluster runs Ray " + version + " (expected: 2.40 or newer)");
    }
  }

  /** A Ray job that runs one of the driver's programs. */
  static ObjectNode request(String id, List<String> words, JsonNode environment) {
    ObjectNode job = JsonMapper.shared().createObjectNode();
    job.put("submission_id", id).put("entrypoint", "exec python " + ShellWords.join(words));
    job.set("runtime_env", environment);
    return job;
  }

  @Override
  public RunningJob find(JobFolder.Entry entry) {
    JsonNode kept = JsonMapper.shared().readTree(entry.recall().isEmpty() ? "{}" : entry.recall());
    return kept.path("address").isMissingNode()
        ? new NeverSubmitted(entry.id())
        : job(entry.id(), kept);
  }

  private static RayJob job(String id, JsonNode kept) {
    URI address = URI.create(kept.path("address").asString(""));
    return new RayJob(
        id, client(address, kept.path("token_env").asString("")), kept.path("runtime_env"));
  }

  private static RayClient client(URI address, String tokenVariable) {
    return new RayClient(address, variable(tokenVariable), tokenVariable);
  }

  private static URI address(RaySettings settings) {
    if (settings.address() != null) {
      return settings.address();
    }
    String told = variable("RAY_ADDRESS");
    return URI.create(told != null && told.matches("https?://.+") ? told : "http://127.0.0.1:8265");
  }

  /** What control endpoints of ours demand, or those of the registry that is there. */
  private static String key(RaySettings settings) {
    if (settings.registry() != null) {
      return Objects.requireNonNullElse(variable(settings.registryKeyVariable()), "");
    }
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static @Nullable String variable(String name) {
    String value = name.isEmpty() ? null : System.getenv(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
