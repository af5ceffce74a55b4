package io.turnpike.bench.engine;

import io.turnpike.bench.client.ControlCalls;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server says about itself that figures depend on. What it does not say is empty.
 *
 * @param mode of a proxy
 * @param engines behind it, or the server itself if it names none
 */
public record ServerFacts(String mode, List<Engine> engines) {

  /** Engines beyond these are not asked. */
  private static final int MOST_ENGINES = 64;

  private static final Pattern BLOCKS = Pattern.compile("num_gpu_blocks=\"(\\d+)\"");

  /**
   * An engine.
   *
   * @param kvBlocks how large its KV cache is
   * @param simulated whether it is one without a GPU
   */
  public record Engine(
      String id, String role, String version, String kvBlocks, boolean simulated) {}

  /** Nobody was asked. */
  public static final ServerFacts UNKNOWN = new ServerFacts("", List.of());

  public ServerFacts {
    engines = List.copyOf(engines);
  }

  /** Asks a server, and the engines that it names. */
  public static ServerFacts of(URI server) throws InterruptedException {
    JsonNode status = json(text(server, "/status"));
    Engines named = Engines.behind(server);
    List<Engines.Engine> asked =
        named.all().isEmpty()
            ? List.of(new Engines.Engine("", "", server))
            : named.all().stream().limit(MOST_ENGINES).toList();
    return new ServerFacts(
        status.path("mode").asString(""), Engines.ofEach(asked, ServerFacts::engine));
  }

  /** One that does not tell its version is not asked for more: it may not be reached from here. */
  private static Engine engine(Engines.Engine one) throws InterruptedException {
    String version = json(text(one.url(), "/version")).path("version").asString("");
    if (version.isEmpty()) {
      return new Engine(one.id(), one.role(), "", "", false);
    }
    Matcher blocks = BLOCKS.matcher(text(one.url(), "/metrics"));
    return new Engine(
        one.id(),
        one.role(),
        version,
        blocks.find() ? blocks.group(1) : "",
        json(text(one.url(), "/sim/state")).has("free_blocks"));
  }

  /** Whether no figure is one of a GPU. */
  public boolean isSimulated() {
    return engines.stream().anyMatch(Engine::simulated);
  }

  /** For people: {@code simulated engines}, or nothing. */
  public String words() {
    return isSimulated() ? "simulated engines" : "";
  }

  private static String text(URI server, String path) throws InterruptedException {
    try {
      return ControlCalls.get(server, path);
    } catch (IOException e) {
      return "";
    }
  }

  private static JsonNode json(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonMapper.shared().missingNode();
    }
  }
}
