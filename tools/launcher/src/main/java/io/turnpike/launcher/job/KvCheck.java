package io.turnpike.launcher.job;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.engine.KvConnectors;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.launcher.plan.Nearest;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** What is wrong with the ways in which a job's workers hand KV over. */
final class KvCheck {

  private static final Map<Role, List<String>> KV_ROLES =
      new EnumMap<>(
          Map.of(
              Role.PREFILL, List.of("kv_producer", "kv_both"),
              Role.DECODE, List.of("kv_consumer", "kv_both"),
              Role.REPLICA, List.of("kv_both", "kv_producer", "kv_consumer"),
              Role.ANY, List.of("kv_both")));

  /** What each worker is given a value of its own for. */
  private static final List<String> GIVEN =
      List.of("CUDA_VISIBLE_DEVICES", "VLLM_NIXL_SIDE_CHANNEL_PORT");

  private final JobFile job;
  private final Findings findings;
  private final Map<Role, Map<String, Object>> settings = new EnumMap<>(Role.class);

  private KvCheck(JobFile job, Findings findings) {
    this.job = job;
    this.findings = findings;
  }

  static void check(JobFile job, Findings findings) {
    KvCheck check = new KvCheck(job, findings);
    for (Group group : job.groups()) {
      if (group.replicas() > 0) {
        check.read(group);
      }
    }
    for (Role sends : List.of(Role.PREFILL, Role.ANY)) {
      for (Role takes : List.of(Role.DECODE, Role.ANY)) {
        check.checkPair(sends, takes);
      }
    }
  }

  private void read(Group group) {
    String path = path(group.role());
    try {
      Map<String, Object> read = KvSettings.of(group.params(), Workers.Settled.ANY);
      settings.put(group.role(), read);
      if (!read.isEmpty()) {
        checkNames(path, read);
        checkRole(group, path, read);
      }
      checkOwn(group, path, read);
    } catch (JacksonException e) {
      findings.mistake(
          path,
          "no JSON object: " + e.getOriginalMessage().lines().findFirst().orElse(""),
          "for example '{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"kv_both\"}'");
    }
  }

  private void checkNames(String path, Map<String, Object> read) {
    String name = KvSettings.text(read, KvSettings.CONNECTOR);
    if (name == null || !KvConnectors.names().contains(name)) {
      String near = name == null ? null : nearest(name);
      findings.mistake(
          path,
          "kv_connector " + (name == null ? "is missing" : "'" + name + "' is unknown"),
          near == null ? "one of " + String.join(", ", KvConnectors.names()) : near + "?");
    } else if (name.equals(KvConnectors.SHARED_STORAGE)) {
      findings.note(
          path, "SharedStorageConnector is called ExampleConnector since vLLM 0.13, and only so");
    } else if (name.equals(KvConnectors.MULTI)) {
      KvConnectors.parts(read).forEach(part -> checkNames(path, part));
    }
  }

  private static @Nullable String nearest(String name) {
    return KvConnectors.names().stream()
        .filter(known -> known.equalsIgnoreCase(name))
        .findFirst()
        .orElseGet(() -> Nearest.to(name, KvConnectors.names()));
  }

  private void checkRole(Group group, String path, Map<String, Object> read) {
    String role = KvSettings.text(read, KvSettings.ROLE);
    List<String> expected = KV_ROLES.getOrDefault(group.role(), List.of());
    if (role != null && !expected.contains(role)) {
      findings.mistake(path, "kv_role '" + role + "'", String.join(" or ", expected));
    }
  }

  /** What may not be the same for two workers. */
  private void checkOwn(Group group, String path, Map<String, Object> read) {
    if (group.replicas() < 2) {
      return;
    }
    String what = "the same for " + group.replicas() + " workers";
    if (read.containsKey(KvSettings.ENGINE_ID)) {
      findings.mistake(path, "engine_id is " + what, "left out: each worker is given its own");
    }
    for (String name : GIVEN) {
      if (group.environment().containsKey(name)) {
        findings.mistake(
            group.role().word() + ".envs",
            name + " is " + what,
            "left out: each worker is given its own");
      }
    }
  }

  private void checkPair(Role sends, Role takes) {
    Map<String, Object> sender = settings.get(sends);
    Map<String, Object> taker = settings.get(takes);
    if (sender == null || taker == null) {
      return;
    }
    String ofSender = connector(sender);
    String ofTaker = connector(taker);
    if (!KvConnectors.names().contains(ofSender) || !KvConnectors.names().contains(ofTaker)) {
      return; // Said above.
    }
    Optional<Connector> spoken = spoken(sender);
    if (!spoken.equals(spoken(taker))) {
      findings.mistake(
          path(takes), ofTaker + ", but " + sends.word() + " has " + ofSender, "the same for both");
    } else if (spoken.isEmpty() && job.scheduler().command() == null) {
      findings.mistake(
          path(sends),
          ofSender + " hands nothing from P to D",
          "one that does, a scheduler.command of your own, or replica workers");
    } else if (sends == takes && spoken.equals(Optional.of(Connectors.P2P_NCCL))) {
      findings.mistake(path(sends), ofSender + " either sends or takes", "prefill and decode");
    } else if (spoken.equals(Optional.of(Connectors.NIXL))) {
      checkSizes(sends, takes);
    }
  }

  private static String connector(Map<String, Object> read) {
    String name = KvSettings.text(read, KvSettings.CONNECTOR);
    return name == null ? EnginesPlan.NIXL : name;
  }

  private static Optional<Connector> spoken(Map<String, Object> read) {
    return read.isEmpty() ? Optional.of(Connectors.NIXL) : KvConnectors.spoken(read);
  }

  /**
   * NIXL cuts the KV of one rank into those of the other side, so one size must divide the other.
   */
  private void checkSizes(Role sends, Role takes) {
    Group sender = job.group(sends);
    Group taker = job.group(takes);
    if (sender == null || taker == null) {
      return;
    }
    int p = sender.params().size(Params.TENSOR_PARALLEL);
    int d = taker.params().size(Params.TENSOR_PARALLEL);
    if (p % d != 0 && d % p != 0) {
      findings.mistake(
          findings.places().param(takes.word(), Params.TENSOR_PARALLEL),
          d + ", but " + sends.word() + " has " + p,
          "sizes of which one divides the other, or NIXL cannot pair them");
    }
  }

  private String path(Role role) {
    return findings.places().param(role.word(), Params.KV_TRANSFER);
  }
}
