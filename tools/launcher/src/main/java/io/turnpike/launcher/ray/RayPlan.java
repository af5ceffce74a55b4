package io.turnpike.launcher.ray;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.engine.EnginePlace;
import io.turnpike.launcher.engine.SimulatorCommand;
import io.turnpike.launcher.engine.VllmCommand;
import io.turnpike.launcher.job.Group;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.RaySettings;
import io.turnpike.launcher.job.RaySettings.Share;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.job.Workers;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.node.Connector;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the driver of a job is given: every process with its command line, in which {@code {HOST}},
 * {@code {PORT}} and others stand for what is known only when it has its place.
 *
 * <pre>
 * {"id", "timeout", "restarts", "drain_seconds", "stop_seconds", "url", "registry_key", "facts",
 *  "front":  [{"name", "command", "env", "ready", "ports", "last"}],
 *  "groups": {"decode": {"replicas", "strategy", "bundle", "ray", "connector", "zmq",
 *                        "command", "env", "ready", "ports"}}}
 * </pre>
 */
final class RayPlan {

  private static final int STOP_SECONDS = 20;

  /** Where an engine is, in the driver's words. */
  private static final EnginePlace PLACE =
      new EnginePlace(
          "{HOST}",
          "{HOST}",
          "{PORT}",
          "{SIDE_PORT}",
          "{ENGINE_ID}",
          "{REGISTRY_HOST}",
          "{REGISTRY_ZMQ_PORT}");

  private static final Workers.Settled SETTLED = new Workers.Settled("{NAME}", "{KV_IP}", "{PORT}");

  private final JobFile job;
  private final RaySettings settings;
  private final Installation installation;

  RayPlan(JobFile job, Installation installation) {
    this.job = job;
    this.settings = job.target().ray();
    this.installation = installation;
  }

  /**
   * The plan of a job.
   *
   * @param id the job's
   * @param key what the registry's and gateways' control endpoints demand
   */
  ObjectNode json(String id, String key) {
    ObjectNode plan =
        JsonMapper.shared()
            .createObjectNode()
            .put("id", id)
            .put("timeout", job.timeout().toSeconds())
            .put("restarts", job.restarts())
            .put("drain_seconds", RunningJob.DRAIN.toSeconds())
            .put("stop_seconds", STOP_SECONDS)
            .put("registry_key", key);
    RayFront front = new RayFront(job, this::java);
    plan.put("url", front.url());
    facts(plan.putObject("facts"));
    plan.set("front", front.processes(key));
    ObjectNode groups = plan.putObject("groups");
    for (Group group : job.groups()) {
      if (group.replicas() > 0) {
        group(groups.putObject(group.role().word()), group);
      }
    }
    return plan;
  }

  private void facts(ObjectNode facts) {
    URI registry = settings.registry();
    if (registry != null) {
      facts.put("REGISTRY_HOST", registry.getHost());
      facts.put("REGISTRY_PORT", Integer.toString(registry.getPort()));
      facts.put("REGISTRY_ZMQ_PORT", "30001");
    }
  }

  private void group(ObjectNode json, Group group) {
    Share share = settings.share(group.role());
    Engine engine = Workers.engine(job, group, SETTLED);
    Connector connector = engine.connector().orElse(Connectors.NONE);
    boolean real = job.engines().kind() == EngineKind.VLLM;
    json.put("replicas", group.replicas()).put("strategy", share.strategy().name());
    bundle(json.putObject("bundle"), group, share);
    json.put("ray", isSpread(group));
    json.put("connector", connector.word()).put("zmq", connector.needsZmqAddress());
    List<String> command =
        real
            ? VllmCommand.words(settings.vllm(), engine, PLACE)
            : java(
                "tools/simulator",
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                SimulatorCommand.arguments(engine, PLACE, job.engines().speed()));
    json.set("command", words(command));
    ObjectNode environment = json.putObject("env");
    (real ? VllmCommand.environment(engine, PLACE) : engine.environment())
        .forEach(environment::put);
    String health = real ? job.engines().health() : "/health";
    json.put("ready", "http://{HOST}:{PORT}" + health);
    ObjectNode ports = json.putObject("ports");
    port(ports, "PORT", Workers.port(group));
    ports.putObject("SIDE_PORT").put("count", Math.max(1, group.params().gpus()));
  }

  /** vLLM that spreads one worker over nodes by Ray takes its GPUs there itself. */
  private static boolean isSpread(Group group) {
    return Objects.equals(group.params().text("distributed_executor_backend"), "ray");
  }

  private void bundle(ObjectNode bundle, Group group, Share share) {
    bundle.put("CPU", share.cpus() > 0 ? share.cpus() : 0.001);
    boolean real = job.engines().kind() == EngineKind.VLLM;
    int gpus = real || group.gpus() != null ? group.gpusEach() : 0;
    if (gpus > 0 && !isSpread(group)) {
      bundle.put("GPU", gpus);
    }
    share.resources().forEach((name, count) -> bundle.put(name, count.doubleValue()));
  }

  static void port(ObjectNode ports, String name, @Nullable Integer fixed) {
    ObjectNode port = ports.putObject(name);
    if (fixed != null) {
      port.put("fixed", fixed.intValue());
    }
  }

  static ArrayNode words(List<String> words) {
    return JsonMapper.shared().valueToTree(words);
  }

  /** A program of ours on the nodes. */
  private List<String> java(String module, List<String> jvmFlags, List<String> arguments) {
    String folder = settings.turnpike();
    String java = settings.java();
    if (java == null) {
      java = folder == null ? installation.java().toString() : "java";
    }
    List<String> command =
        new ArrayList<>(
            Installation.elsewhere(
                java, folder == null ? installation.root().toString() : folder, module, jvmFlags));
    command.addAll(arguments);
    return command;
  }
}
