package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.plan.YamlSection;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The keys of a job file. Every mistake is said, and what can be read is read all the same. */
final class JobReader {

  private static final List<String> RESTARTS = List.of("on-end", "never");
  private static final int MOST_REPLICAS = 512;
  private static final int MOST_GPUS = 65_536;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofHours(1);

  private final String file;
  private final Map<String, Integer> lines = new HashMap<>();
  private Duration timeout = DEFAULT_TIMEOUT;
  private @Nullable Integer gpus;
  private int gpusPerWorker = 1;
  private @Nullable Path workingFolder;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Set<String> secrets = new LinkedHashSet<>();
  private String backEnd = JobFile.Target.STANDARD.backEnd();
  private RaySettings ray = JobFile.Target.STANDARD.ray();
  private KubernetesSettings kubernetes = JobFile.Target.STANDARD.kubernetes();
  private @Nullable String image;
  private boolean restarts = true;
  private Params general = Params.none();
  private final Map<Role, Group> groups = new EnumMap<>(Role.class);
  private Scheduler scheduler =
      new Scheduler(Scheduler.DEFAULT_PORT, null, Scheduler.Gateway.STANDARD);
  private EngineKind kind = JobFile.Engines.STANDARD.kind();
  private String health = JobFile.Engines.STANDARD.health();
  private String vllm = JobFile.Engines.STANDARD.vllm();
  private @Nullable List<String> devices;
  private double speed = JobFile.Engines.STANDARD.speed();

  private JobReader(String file) {
    this.file = file;
  }

  /**
   * Reads a job file.
   *
   * @param file its name in messages, beside which its {@code env_file} lies
   * @param mistakes hears of each mistake
   */
  static JobFile read(String file, String yaml, Consumer<PlanException> mistakes) {
    JobReader reader = new JobReader(file);
    Optional<YamlSection> root = YamlSection.parse(file, yaml, mistakes);
    root.ifPresent(reader::readRoot);
    return reader.result();
  }

  private JobFile result() {
    List<Group> all = new ArrayList<>();
    for (Group group : groups.values()) {
      all.add(
          new Group(
              group.role(),
              group.environment(),
              group.gpus(),
              group.replicas(),
              general.with(group.params())));
    }
    return new JobFile(
        timeout,
        gpus,
        gpusPerWorker,
        workingFolder,
        environment,
        secrets,
        new JobFile.Target(backEnd, image, ray, kubernetes),
        restarts,
        scheduler,
        new JobFile.Engines(kind, health, vllm, devices, speed),
        all,
        new Places(file, lines));
  }

  private void readRoot(YamlSection root) {
    root.lines(lines::put);
    root.duration("timeout", time -> timeout = time);
    root.take("num_gpus", node -> gpus = root.integer(node, "num_gpus", 0, MOST_GPUS));
    root.take(
        "gpus_per_worker",
        node -> gpusPerWorker = root.integer(node, "gpus_per_worker", 1, MOST_GPUS));
    root.text("working_dir", folder -> workingFolder = Path.of(folder));
    root.take("env_file", node -> readEnvFile(root, node));
    root.textMap("envs", environment::putAll);
    root.word("engine", List.of("vllm", "simulator"), word -> kind = kind(word));
    root.word("restart", RESTARTS, word -> restarts = word.equals(RESTARTS.getFirst()));
    root.text("health", path -> health = path.startsWith("/") ? path : "/" + path);
    root.word("backend", JobFile.BACKENDS, word -> backEnd = word);
    root.take("local", node -> readLocal(section(root, node, "local")));
    root.take("ray", node -> ray = RayReader.read(section(root, node, "ray")));
    root.take("scheduler", node -> readScheduler(section(root, node, "scheduler")));
    root.take("general", node -> readGeneral(section(root, node, "general")));
    for (Role role : Role.values()) {
      root.take(role.word(), node -> readGroup(section(root, node, role.word()), role));
    }
    root.take(
        "kubernetes",
        node -> kubernetes = KubernetesReader.read(section(root, node, "kubernetes")));
    root.text("image", name -> image = name);
    root.rejectOthers();
  }

  private static EngineKind kind(String word) {
    return EngineKind.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private YamlSection section(YamlSection parent, Node node, String key) {
    YamlSection section = parent.section(node, key);
    section.lines(lines::put);
    return section;
  }

  private void readEnvFile(YamlSection root, Node node) {
    String name = root.scalar(node, "env_file", "a file");
    Path here = Path.of(file).toAbsolutePath().getParent();
    Path path = here == null ? Path.of(name) : here.resolve(name);
    Map<String, String> entries = EnvFile.read(path);
    if (entries == null) {
      throw root.mistake(node, "env_file", name, "a file with lines of NAME=VALUE");
    }
    environment.putAll(entries);
    secrets.addAll(entries.keySet());
  }

  private void readLocal(YamlSection section) {
    section.text("vllm", program -> vllm = program);
    section.text("devices", list -> devices = List.of(list.split("\\s*,\\s*", -1)));
    section.decimal("speed", number -> speed = number);
    section.rejectOthers();
  }

  private void readScheduler(YamlSection section) {
    var said =
        new Object() {
          int port = Scheduler.DEFAULT_PORT;
          @Nullable String command;
          String host = Scheduler.Gateway.STANDARD.host();
          String mode = Scheduler.Gateway.STANDARD.mode();
          int proxies = Scheduler.Gateway.STANDARD.proxies();
          String redis = Scheduler.Gateway.STANDARD.redis();
          Map<String, String> properties = Map.of();
        };
    section.port("port", port -> said.port = port);
    section.text(
        "command", line -> said.command = line.strip().equals("turnpike") ? null : line.strip());
    section.text("host", host -> said.host = host);
    section.word("mode", Mode.WORDS, mode -> said.mode = mode);
    section.take("proxies", node -> said.proxies = section.integer(node, "proxies", 1, 64));
    section.take("redis", node -> said.redis = readRedis(section, node));
    section.textMap("properties", properties -> said.properties = properties);
    section.rejectOthers();
    String command = said.command;
    scheduler =
        new Scheduler(
            said.port,
            command == null || command.isEmpty() ? null : command,
            new Scheduler.Gateway(said.host, said.mode, said.proxies, said.redis, said.properties));
  }

  private static String readRedis(YamlSection section, Node node) {
    String expected = "embedded, none, or a URL like redis://host:6379";
    String text = section.scalar(node, "redis", expected);
    if (!text.matches("embedded|none|rediss?://.+")) {
      throw section.mistake(node, "redis", text, expected);
    }
    return text;
  }

  private void readGeneral(YamlSection section) {
    section.take("params", node -> general = readParams(section(section, node, "params")));
    section.rejectOthers();
  }

  private void readGroup(YamlSection section, Role role) {
    var said =
        new Object() {
          Map<String, String> environment = Map.of();
          @Nullable Integer gpus;
          int replicas = 1;
          Params params = Params.none();
        };
    section.textMap("envs", entries -> said.environment = entries);
    section.take("num_gpus", node -> said.gpus = section.integer(node, "num_gpus", 0, MOST_GPUS));
    section.take(
        "replicas", node -> said.replicas = section.integer(node, "replicas", 0, MOST_REPLICAS));
    section.take("params", node -> said.params = readParams(section(section, node, "params")));
    section.rejectOthers();
    groups.put(role, new Group(role, said.environment, said.gpus, said.replicas, said.params));
  }

  private Params readParams(YamlSection section) {
    Map<String, Object> values = new LinkedHashMap<>();
    List<String> extra = new ArrayList<>();
    section.each(
        (key, node) -> {
          String name = key.replace('-', '_');
          if (name.equals("_extra_params")) {
            extra.addAll(ShellWords.split(section.scalar(node, key, "a text")));
            return;
          }
          ParamNames.requireNoSlip(section, node, key);
          values.put(name, ParamNames.value(node));
        });
    return new Params(values, extra);
  }
}
