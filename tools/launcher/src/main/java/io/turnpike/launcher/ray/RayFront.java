package io.turnpike.launcher.ray;

import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.ProxyCommand;
import io.turnpike.launcher.job.Scheduler.Gateway;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What stands in front of a job's workers, on the node of the driver. */
final class RayFront {

  private static final List<String> JVM = List.of("-Xmx512m", "-XX:TrimNativeHeapInterval=10000");

  /** Networks in which nodes may be, besides those that are there when the registry starts. */
  private static final String PRIVATE = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10";

  private static final String LOCAL =
      "http://127.0.0.1:{MANAGEMENT_PORT}/actuator/health/readiness";

  private final JobFile job;
  private final Programs programs;

  /** Makes command lines of programs of ours. */
  @FunctionalInterface
  interface Programs {
    List<String> command(String module, List<String> jvmFlags, List<String> arguments);
  }

  RayFront(JobFile job, Programs programs) {
    this.job = job;
    this.programs = programs;
  }

  /** Where clients go, in the driver's words; empty where somebody else's proxies are in front. */
  String url() {
    String bind = bind();
    boolean named = job.says("scheduler.host") && !bind.equals("0.0.0.0") && !bind.equals("::");
    return job.target().ray().registry() == null
        ? "http://" + (named ? bind : "{" + first() + "_HOST}") + ":" + job.scheduler().port()
        : "";
  }

  private String first() {
    if (job.scheduler().command() != null) {
      return "SCHEDULER";
    }
    return job.doing(Role.DECODE) ? "PROXY_1" : "REPLICATION";
  }

  /** What is not said is the node's own address: loopback would be reached from that node alone. */
  private String bind() {
    return job.says("scheduler.host") ? job.scheduler().gateway().host() : "{HOST}";
  }

  /**
   * The processes.
   *
   * @param key what control endpoints demand
   */
  ArrayNode processes(String key) {
    ArrayNode all = JsonMapper.shared().createArrayNode();
    if (job.target().ray().registry() != null) {
      return all;
    }
    String command = job.scheduler().command();
    if (command != null) {
      scheduler(all.addObject(), command);
      return all;
    }
    registry(all.addObject(), key);
    for (int n = 1; job.doing(Role.DECODE) && n <= job.scheduler().gateway().proxies(); n++) {
      Integer port = n == 1 ? job.scheduler().port() : null;
      gateway(all.addObject(), new Front("proxy-" + n, "proxy-service", port), key);
    }
    if (job.has(Role.REPLICA)) {
      Integer port = job.doing(Role.DECODE) ? null : job.scheduler().port();
      gateway(all.addObject(), new Front("replication", "replication-service", port), key);
    }
    return all;
  }

  /**
   * One gateway.
   *
   * @param port where clients find it; null: any
   */
  private record Front(String name, String module, @Nullable Integer port) {}

  private void registry(ObjectNode json, String key) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.address={HOST}");
    arguments.add("--turnpike.registry.zmq-bind=tcp://{HOST}:{ZMQ_PORT}");
    arguments.add("--turnpike.registry.allow={NODES}," + PRIVATE);
    service(json, new Front("registry", "registry-service", null), arguments, key);
    RayPlan.port((ObjectNode) json.path("ports"), "ZMQ_PORT", null);
  }

  private void gateway(ObjectNode json, Front front, String key) {
    Gateway said = job.scheduler().gateway();
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.address=" + bind());
    arguments.add("--turnpike.registry.url=http://{REGISTRY_HOST}:{REGISTRY_PORT}");
    if (front.module().equals("proxy-service")) {
      arguments.add("--turnpike.proxy.mode=" + said.mode());
    }
    service(json, front, arguments, key);
    if (!said.redis().equals("embedded") && !said.redis().equals("none")) {
      ((ObjectNode) json.path("env")).put("TURNPIKE_REDIS_URL", said.redis());
    }
  }

  private void service(ObjectNode json, Front front, List<String> arguments, String key) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--server.port={PORT}");
    all.add("--management.server.address=127.0.0.1");
    all.add("--management.server.port={MANAGEMENT_PORT}");
    Map<String, String> properties = job.scheduler().gateway().properties();
    properties.forEach((name, value) -> all.add("--" + name + "=" + value));
    json.put("name", front.name());
    json.set("command", RayPlan.words(programs.command(front.module(), JVM, all)));
    // In the environment, because command lines are public.
    json.putObject("env")
        .put("TURNPIKE_REGISTRY_ADMINKEY", key)
        .put("TURNPIKE_GATEWAY_ADMINKEY", key);
    json.put("ready", LOCAL);
    ObjectNode ports = json.putObject("ports");
    RayPlan.port(ports, "PORT", front.port());
    RayPlan.port(ports, "MANAGEMENT_PORT", null);
  }

  /**
   * Nobody knows by which path it says that it is well, nor on which address; listening has to do.
   */
  private void scheduler(ObjectNode json, String command) {
    int port = job.scheduler().port();
    json.put("name", "scheduler").put("last", true);
    json.set("command", RayPlan.words(new ProxyCommand(command).words(port, RayFront::address)));
    ObjectNode environment = json.putObject("env");
    job.environment().forEach(environment::put);
    json.put("ready", "tcp://{HOST}:{PORT} tcp://127.0.0.1:{PORT}");
    RayPlan.port(json.putObject("ports"), "PORT", port);
  }

  private static ProxyCommand.Address address(Role role, int n) {
    String name = role.word().toUpperCase(Locale.ROOT) + "_" + n;
    return new ProxyCommand.Address("{" + name + "_HOST}", "{" + name + "_PORT}");
  }
}
