package io.turnpike.launcher.kubernetes;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.engine.EnginePlace;
import io.turnpike.launcher.engine.SimulatorCommand;
import io.turnpike.launcher.engine.VllmCommand;
import io.turnpike.launcher.job.Group;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.KubernetesSettings;
import io.turnpike.launcher.job.Workers;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The pods of a job's engines: one container, with what the job file gives it. */
final class EnginePods {

  static final String CONTAINER = "engine";

  static final int HTTP_PORT = 8000;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  /** Waits for the turns under way, in Python, which vLLM's images have; curl they may lack. */
  private static final String DRAIN = Containers.resource("drain.py");

  private final JobFile job;
  private final Names names;
  private final KubernetesSettings settings;

  EnginePods(JobFile job, Names names) {
    this.job = job;
    this.names = names;
    this.settings = job.target().kubernetes();
  }

  /** The template of the pods in which a group's engines answer. */
  Map<String, Object> template(Group group) {
    Engine engine = engine(group);
    Span span = nodes(job, group) == 1 ? Span.NONE : Span.first(nodes(job, group));
    Map<String, Object> container = container(group, engine, span);
    container.put("ports", List.of(Containers.port("http", port(group))));
    container.putAll(probes());
    container.put("lifecycle", Fields.of("preStop", preStop(group)));
    return template(group, labels(group, engine), container);
  }

  /** The template of the further pods of engines that span several: nobody asks these. */
  Map<String, Object> followers(Group group) {
    Map<String, Object> container =
        container(group, engine(group), Span.further(nodes(job, group), job.timeout()));
    return template(group, names.labels(group.role().word()), container);
  }

  /** Over how many pods each engine of a group goes. */
  static int nodes(JobFile job, Group group) {
    return job.engines().kind() == EngineKind.VLLM
        ? job.target().kubernetes().pods(group.role()).nodes()
        : 1;
  }

  /** Whether engines of a group have a socket of their own, and ping. */
  static boolean isPinging(JobFile job, Group group) {
    return group.replicas() > 0
        && Workers.engine(job, group, Workers.Settled.ANY)
            .connector()
            .filter(Connector::needsZmqAddress)
            .isPresent();
  }

  private Map<String, Object> template(
      Group group, Map<String, String> labels, Map<String, Object> container) {
    KubernetesSettings.Pods pods = settings.pods(group.role());
    Map<String, Object> security =
        isReal()
            ? Fields.of("seccompProfile", Fields.of("type", "RuntimeDefault"))
            : Containers.podSecurity();
    Map<String, Object> pod = Containers.pod(settings, security, container, volumes(pods));
    pod.put("terminationGracePeriodSeconds", Containers.graceSeconds(settings.drain()));
    pod.putAll(
        Fields.of(
            "nodeSelector", pods.nodeSelector(),
            "tolerations", pods.tolerations(),
            "runtimeClassName", pods.runtimeClass(),
            "priorityClassName", pods.priorityClass()));
    return Fields.of("metadata", Fields.of("labels", labels), "spec", pod);
  }

  private List<Map<String, Object>> volumes(KubernetesSettings.Pods pods) {
    List<Map<String, Object>> volumes = new ArrayList<>();
    if (isReal()) {
      volumes.add(
          Fields.of(
              "name",
              "shm",
              "emptyDir",
              Fields.of("medium", "Memory", "sizeLimit", pods.sharedMemory())));
    }
    volumes.add(Containers.tmpVolume());
    for (Map<String, Object> volume : pods.volumes()) {
      Map<String, Object> source = new LinkedHashMap<>(volume);
      source.remove("mountPath");
      source.remove("readOnly");
      volumes.add(source);
    }
    return volumes;
  }

  private Map<String, String> labels(Group group, Engine engine) {
    Map<String, String> labels = names.labels(group.role().word());
    Connector connector = engine.connector().orElse(Connectors.NONE);
    labels.put(Names.ROLE, group.role().word());
    labels.put(Names.PORT, Integer.toString(port(group)));
    labels.put(Names.CONNECTOR, connector.word());
    if (connector.needsZmqAddress()) {
      labels.put(Names.ZMQ_PORT, Integer.toString(Workers.sidePort(group, port(group))));
    }
    return labels;
  }

  private Map<String, Object> container(Group group, Engine engine, Span span) {
    KubernetesSettings.Pods pods = settings.pods(group.role());
    EnginePlace place = place(group, span);
    Map<String, Object> container =
        Fields.of("name", CONTAINER, "image", image(), "imagePullPolicy", settings.images().pull());
    if (isReal()) {
      container.put("command", span.command(VllmCommand.words("vllm", engine, place)));
    } else {
      container.put("args", SimulatorCommand.arguments(engine, place, job.engines().speed()));
    }
    if (job.workingFolder() != null) {
      container.put("workingDir", job.workingFolder().toString());
    }
    List<Map<String, Object>> environment = environment(engine, place);
    environment.addAll(span.environment());
    container.put("env", environment);
    container.putAll(Fields.of("envFrom", environmentSources()));
    container.putAll(Fields.of("resources", resources(group, pods)));
    container.put(
        "securityContext",
        isReal() ? Fields.of("allowPrivilegeEscalation", false) : Containers.security());
    container.put("volumeMounts", mounts(pods));
    return container;
  }

  /** The image of the workers, which a check demands of those that are real. */
  private String image() {
    return isReal()
        ? Objects.requireNonNull(job.target().image())
        : settings.images().own("simulator");
  }

  private boolean isReal() {
    return job.engines().kind() == EngineKind.VLLM;
  }

  private Engine engine(Group group) {
    String first = names.of(Role.PREFILL.word()) + "-1." + names.of(EngineObjects.SERVICE);
    return Workers.engine(
        job, group, new Workers.Settled("$(POD_NAME)", first, Integer.toString(port(group))));
  }

  /** Where NIXL's id is left to vLLM, which makes another one at each start, if it is one pod's. */
  private EnginePlace place(Group group, Span span) {
    return new EnginePlace(
        "0.0.0.0",
        Span.POD_IP,
        Integer.toString(port(group)),
        Integer.toString(Workers.sidePort(group, port(group))),
        span.engineId(names.of(group.role().word())),
        names.of(RegistryObjects.REGISTRY),
        Integer.toString(RegistryObjects.PINGS));
  }

  static int port(Group group) {
    return Objects.requireNonNullElse(Workers.port(group), HTTP_PORT);
  }

  private List<Map<String, Object>> environment(Engine engine, EnginePlace place) {
    List<Map<String, Object>> variables = new ArrayList<>();
    variables.add(field("POD_IP", "status.podIP"));
    variables.add(field("POD_NAME", "metadata.name"));
    Map<String, String> said =
        isReal() ? VllmCommand.environment(engine, place) : engine.environment();
    said.forEach(
        (name, value) -> {
          if (!job.secrets().contains(name)) {
            variables.add(Containers.variable(name, value));
          }
        });
    return variables;
  }

  private static Map<String, Object> field(String name, String path) {
    return Fields.of(
        "name", name, "valueFrom", Fields.of("fieldRef", Fields.of("fieldPath", path)));
  }

  private List<Map<String, Object>> environmentSources() {
    List<Map<String, Object>> sources = new ArrayList<>();
    if (!job.secrets().isEmpty()) {
      sources.add(Fields.of("secretRef", Fields.of("name", names.of(Secrets.ENVIRONMENT))));
    }
    settings
        .secrets()
        .forEach(name -> sources.add(Fields.of("secretRef", Fields.of("name", name))));
    settings
        .configMaps()
        .forEach(name -> sources.add(Fields.of("configMapRef", Fields.of("name", name))));
    return sources;
  }

  private Map<String, Object> resources(Group group, KubernetesSettings.Pods pods) {
    Map<String, Object> asked = new LinkedHashMap<>(pods.resources());
    if (isReal() && group.gpusEach() > 0) {
      asked.put(pods.gpuResource(), group.gpusEach() / nodes(job, group));
    }
    // The same for both: an engine whose memory is taken away is lost with all its turns.
    return Fields.of("requests", asked, "limits", asked);
  }

  /** Loading may take as long as the job may take to start; from then on seconds count. */
  private Map<String, Object> probes() {
    Map<String, Object> get = Containers.get(job.engines().health(), "http");
    long looks = Math.max(1, job.timeout().toSeconds() / LOOK_EVERY.toSeconds());
    return Fields.of(
        "startupProbe",
            Fields.of(
                "httpGet",
                get,
                "periodSeconds",
                LOOK_EVERY.toSeconds(),
                "timeoutSeconds",
                5,
                "failureThreshold",
                looks),
        "livenessProbe",
            Fields.of(
                "httpGet", get, "periodSeconds", 10, "timeoutSeconds", 10, "failureThreshold", 6),
        "readinessProbe",
            Fields.of(
                "httpGet", get, "periodSeconds", 2, "timeoutSeconds", 5, "failureThreshold", 3));
  }

  /** By then the registry has seen that the pod ends, and sends it no more turns. */
  private Map<String, Object> preStop(Group group) {
    if (!isReal()) {
      return Fields.of("sleep", Fields.of("seconds", Containers.HEARD_SECONDS));
    }
    List<String> command =
        List.of(
            "python3",
            "-c",
            DRAIN,
            Integer.toString(port(group)),
            Long.toString(settings.drain().toSeconds()),
            Integer.toString(Containers.HEARD_SECONDS));
    return Fields.of("exec", Fields.of("command", command));
  }

  private List<Map<String, Object>> mounts(KubernetesSettings.Pods pods) {
    List<Map<String, Object>> mounts = new ArrayList<>();
    if (isReal()) {
      mounts.add(Fields.of("name", "shm", "mountPath", "/dev/shm"));
    }
    mounts.add(Containers.tmpMount());
    for (Map<String, Object> volume : pods.volumes()) {
      mounts.add(
          Fields.of(
              "name", volume.get("name"),
              "mountPath", volume.get("mountPath"),
              "readOnly", volume.get("readOnly")));
    }
    return mounts;
  }
}
