package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.stack.StackException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the registry of a job knows of its engines.
 *
 * @param nodes its nodes as they are; null where nobody could be asked
 * @param fault why not; empty: there is no registry yet, or it has answered
 */
record RegistryNodes(@Nullable JsonNode nodes, String fault) {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Asks it, if it is there. */
  static RegistryNodes ask(KubeApi api, List<PodView> pods) throws InterruptedException {
    for (PodView pod : pods) {
      if (pod.component().equals(RegistryObjects.REGISTRY) && pod.ready()) {
        return ask(api, pod.name());
      }
    }
    return new RegistryNodes(null, "");
  }

  private static RegistryNodes ask(KubeApi api, String pod) throws InterruptedException {
    try (PodPort port = api.forward(pod, RegistryObjects.HTTP);
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(port.url().resolve("/v1/nodes")).timeout(LIMIT).build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? new RegistryNodes(JsonMapper.shared().readTree(answer.body()).path("nodes"), "")
          : new RegistryNodes(null, "it answered " + answer.statusCode());
    } catch (StackException e) {
      return new RegistryNodes(null, e.text());
    } catch (IOException | JacksonException e) {
      return new RegistryNodes(null, "it did not answer: " + e.getMessage());
    }
  }

  /** How a pod is, and what is known of it here. */
  String says(PodView pod) {
    if (pod.component().equals(RegistryObjects.REGISTRY)) {
      return pod.says() + (fault.isEmpty() ? "" : "; its nodes are not known: " + fault);
    }
    return nodes == null || !pod.engine() ? pod.says() : pod.says() + "; " + registration(pod);
  }

  private String registration(PodView pod) {
    for (JsonNode node : nodes == null ? List.<JsonNode>of() : nodes) {
      if (node.path("id").asString("").equals(pod.name())) {
        return "registered, %s, epoch %s"
            .formatted(node.path("state").asString(""), node.path("epoch").asString(""));
      }
    }
    return "not registered";
  }
}
