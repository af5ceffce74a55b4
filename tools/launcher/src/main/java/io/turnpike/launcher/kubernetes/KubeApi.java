package io.turnpike.launcher.kubernetes;

import io.kubernetes.client.PortForward;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.Pair;
import io.kubernetes.client.util.ClientBuilder;
import io.turnpike.launcher.job.KubernetesSettings.Cluster;
import io.turnpike.launcher.stack.StackException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API server, as far as a job needs it. The official client says how to reach it and who asks
 * (kubeconfig with certificates, tokens and helper programs, or the account of a pod); objects go
 * to and fro as trees. A fault is a {@link StackException} with what the server said, an {@link
 * UnreachableException} where it may be another in a while. Not thread-safe. Interrupting a thread
 * that asks ends it as it does for one that sleeps, so that what comes next can still be asked.
 */
final class KubeApi {

  /** Who owns what is applied. */
  private static final String FIELD_MANAGER = "turnpike";

  private static final Path OWN_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY = 429;
  private static final int SERVER_FAULT = 500;
  private static final int ANSWER_MILLIS = 30_000;
  private static final String JSON = "application/json";

  /** Who asks, anew. */
  @FunctionalInterface
  private interface Login {
    ApiClient client() throws IOException;
  }

  private final Login login;
  private final String namespace;
  private ApiClient client;

  private KubeApi(Login login, String namespace) throws IOException {
    this.login = login;
    this.namespace = namespace;
    this.client = login.client().setReadTimeout(ANSWER_MILLIS);
  }

  /** The API server that a kubeconfig names, or without one that of the cluster this runs in. */
  static KubeApi of(Kubeconfig kubeconfig, Cluster cluster) {
    try {
      return kubeconfig.isThere() ? ofKubeconfig(kubeconfig, cluster) : ofPod(cluster);
    } catch (IOException | RuntimeException e) {
      throw new StackException(
          "kubernetes: no cluster: %s (expected: a kubeconfig in KUBECONFIG or ~/.kube/config)"
              .formatted(e.getMessage()));
    }
  }

  private static KubeApi ofKubeconfig(Kubeconfig kubeconfig, Cluster cluster) throws IOException {
    String namespace = kubeconfig.read(cluster.context()).getNamespace();
    return new KubeApi(
        () -> ClientBuilder.kubeconfig(kubeconfig.read(cluster.context())).build(),
        namespace(cluster, namespace));
  }

  private static KubeApi ofPod(Cluster cluster) throws IOException {
    String own = Files.readString(OWN_NAMESPACE).strip();
    return new KubeApi(() -> ClientBuilder.cluster().build(), namespace(cluster, own));
  }

  private static String namespace(Cluster cluster, @Nullable String other) {
    String said = cluster.namespace();
    return said == null ? Objects.requireNonNullElse(other, "default") : said;
  }

  String namespace() {
    return namespace;
  }

  /** Makes an object as it is said, or changes the one there is; unknown fields are faults. */
  void apply(Manifest manifest) throws InterruptedException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("fieldManager", FIELD_MANAGER);
    query.put("fieldValidation", "Strict");
    query.put("force", "true");
    String body = JsonMapper.shared().writeValueAsString(manifest.tree());
    String path = manifest.kind().path(namespace, manifest.name());
    ask("PATCH", path, query, new Body("application/apply-patch+yaml", body));
  }

  /** An object; null if there is none. */
  @Nullable JsonNode get(ObjectKind kind, String name) throws InterruptedException {
    return ask("GET", kind.path(namespace, name), Map.of(), null);
  }

  /** Whether the cluster has objects of a kind. */
  boolean has(ObjectKind kind) throws InterruptedException {
    JsonNode group = ask("GET", kind.group(), Map.of(), null);
    return group != null
        && group
            .path("resources")
            .valueStream()
            .anyMatch(it -> it.path("name").asString("").equals(kind.plural()));
  }

  /** All of a kind with those labels. */
  List<JsonNode> list(ObjectKind kind, String selector) throws InterruptedException {
    return items(kind.path(namespace), selector);
  }

  /** All pods with those labels. */
  List<JsonNode> pods(String selector) throws InterruptedException {
    return items(pods(), selector);
  }

  private String pods() {
    return "/api/v1/namespaces/" + namespace + "/pods";
  }

  private List<JsonNode> items(String path, String selector) throws InterruptedException {
    JsonNode list = ask("GET", path, Map.of("labelSelector", selector), null);
    List<JsonNode> items = new ArrayList<>();
    if (list != null) {
      list.path("items").forEach(items::add);
    }
    return items;
  }

  /** Takes an object away, and what it has made; no fault if it is gone. */
  void delete(ObjectKind kind, String name) throws InterruptedException {
    delete(kind.path(namespace, name));
  }

  /** Ends a pod as it wants to be ended. */
  void deletePod(String name) throws InterruptedException {
    delete(pods() + "/" + name);
  }

  private void delete(String path) throws InterruptedException {
    ask("DELETE", path, Map.of("propagationPolicy", "Background"), null);
  }

  /**
   * The log of a pod.
   *
   * @param query of the API: {@code tailLines}, {@code previous}, {@code follow}, {@code container}
   */
  void log(String pod, Map<String, String> query, Consumer<String> out)
      throws InterruptedException {
    Call call = call("GET", pods() + "/" + pod + "/log", query, null);
    if (Boolean.parseBoolean(query.get("follow"))) {
      call = patient().newCall(call.request());
    }
    try (Response response = call.execute()) {
      if (!response.isSuccessful()) {
        throw fault(response.code(), response.body().string());
      }
      try (BufferedReader lines = new BufferedReader(response.body().charStream())) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          out.accept(line);
        }
      }
    } catch (IOException e) {
      throwIfInterrupted();
      throw new UnreachableException(
          "the log of " + pod + " broke off: " + Objects.requireNonNullElse(e.getMessage(), ""));
    }
  }

  /** A log may be silent for as long as it likes. */
  private OkHttpClient patient() {
    return client.getHttpClient().newBuilder().readTimeout(Duration.ZERO).build();
  }

  /** Leads to a port of a pod. */
  PodPort forward(String pod, int port) {
    try {
      return PodPort.open(new PortForward(client).forward(namespace, pod, List.of(port)), port);
    } catch (ApiException | IOException | IllegalStateException e) {
      String why = Objects.requireNonNullElse(e.getMessage(), "the connection was closed");
      throw new StackException("port %d of pod %s cannot be reached: %s".formatted(port, pod, why));
    }
  }

  /** What an interrupt has cut is no fault of the server. */
  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private record Body(String type, String text) {}

  private @Nullable JsonNode ask(
      String method, String path, Map<String, String> query, @Nullable Body body)
      throws InterruptedException {
    try (Response response = execute(() -> call(method, path, query, body))) {
      String text = response.body().string();
      if (response.code() == NOT_FOUND && body == null) {
        return null;
      }
      if (!response.isSuccessful()) {
        throw fault(response.code(), text);
      }
      return JsonMapper.shared().readTree(text);
    } catch (IOException e) {
      throwIfInterrupted();
      throw new UnreachableException(
          "kubernetes: %s cannot be reached: %s".formatted(client.getBasePath(), e.getMessage()));
    }
  }

  /** A token may live for minutes, and who asks for an hour: he says once more who he is. */
  private Response execute(Supplier<Call> call) throws IOException {
    Response response = call.get().execute();
    if (response.code() != UNAUTHORIZED) {
      return response;
    }
    response.close();
    client = login.client().setReadTimeout(ANSWER_MILLIS);
    return call.get().execute();
  }

  private static StackException fault(int status, String text) {
    String message = "";
    try {
      message = JsonMapper.shared().readTree(text).path("message").asString("");
    } catch (JacksonException noJson) {
      // A proxy before the server answers as it likes.
    }
    String said =
        "kubernetes: " + (message.isEmpty() ? "the API server answered " + status : message);
    return status == TOO_MANY || status >= SERVER_FAULT
        ? new UnreachableException(said)
        : new StackException(said);
  }

  private Call call(String method, String path, Map<String, String> query, @Nullable Body body) {
    List<Pair> pairs = new ArrayList<>();
    query.forEach((name, value) -> pairs.add(new Pair(name, value)));
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", JSON);
    headers.put("Content-Type", body == null ? JSON : body.type());
    try {
      return client.buildCall(
          null,
          path,
          method,
          pairs,
          List.of(),
          body == null ? null : body.text().getBytes(StandardCharsets.UTF_8),
          headers,
          Map.of(),
          Map.of(),
          new String[] {"BearerToken"},
          null);
    } catch (ApiException e) {
      throw new StackException("kubernetes: " + e.getMessage());
    }
  }
}
