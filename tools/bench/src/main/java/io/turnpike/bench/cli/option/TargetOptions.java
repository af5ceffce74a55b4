package io.turnpike.bench.cli.option;

import io.turnpike.bench.client.ControlCalls;
import io.turnpike.bench.client.EndpointOptions;
import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Bodies.Api;
import io.turnpike.bench.prompt.Bodies.Extensions;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.PromptScale;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.run.LoadConfig;
import io.turnpike.bench.run.LoadDriver;
import io.turnpike.bench.study.LiveTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Options of all commands that talk to a server. */
public final class TargetOptions {

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:TURNPIKE_URL:-http://127.0.0.1:10001}",
      description =
          "The server, without /v1. Default: TURNPIKE_URL, else the first gateway of ./turnpike"
              + " up.")
  private URI url = URI.create("http://127.0.0.1:10001");

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The model. Default: the first one the server lists.")
  private @Nullable String model;

  @Option(
      names = "--api",
      defaultValue = "chat",
      description = "${COMPLETION-CANDIDATES}. Default: chat.")
  private Api api = Api.CHAT;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of prompts and arrivals. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--characters-per-token",
      paramLabel = "N",
      description =
          "How long prompts are made, for servers that cannot be asked. Default: three short"
              + " requests before it ask how the server counts.")
  private @Nullable Double charactersPerToken;

  @Option(
      names = "--plain",
      description = "Leave out ignore_eos and cache_salt, which only vLLM knows.")
  private boolean plain;

  @Option(
      names = "--client-pool",
      paramLabel = "N",
      description =
          "At most N connections, as the original tools had (100). Clocks run while a request"
              + " waits for one. Default: no bound.")
  private int clientPool;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "For a whole answer. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds = 600;

  /** The server's address. */
  public URI url() {
    return url;
  }

  /** Of prompts and arrivals. */
  public long seed() {
    return seed;
  }

  /** How long prompts are made; asks the server if it was not said. */
  public PromptLengths lengths(Bodies bodies, PrintWriter err) throws InterruptedException {
    Double given = charactersPerToken;
    if (given != null) {
      return PromptLengths.assumed(given);
    }
    PromptLengths lengths = new PromptScale(url, bodies).measure();
    if (!lengths.counted()) {
      err.println("prompt lengths: assumed, as the server does not say how it counts");
    }
    return lengths;
  }

  /** Whether fields that only vLLM knows are left out. */
  public boolean isPlain() {
    return plain;
  }

  /** Connections at most; 0 for no bound. */
  public int clientPool() {
    return clientPool;
  }

  /** How the server is reached. */
  public EndpointOptions endpoint() {
    Duration total = Duration.ofSeconds(timeoutSeconds);
    Duration silence = total.compareTo(Duration.ofMinutes(2)) < 0 ? total : Duration.ofMinutes(2);
    EndpointOptions options =
        EndpointOptions.of(url)
            .withApiKey(System.getenv("TURNPIKE_API_KEY"))
            .withLimits(silence, total);
    return clientPool > 0 ? options.withConnections(clientPool) : options;
  }

  /** How bodies are made; asks the server for its model if none was given. */
  public Bodies bodies(boolean streamed, String salt) throws IOException, InterruptedException {
    return bodies(model(), streamed, salt);
  }

  /** How bodies for that model are made. */
  public Bodies bodies(String name, boolean streamed, String salt) {
    return new Bodies(name, api, streamed, plain ? Extensions.NONE : Extensions.VLLM, salt);
  }

  /** The model that was given, or the first one that the server lists. */
  public String model() throws IOException, InterruptedException {
    String given = model;
    return given == null ? firstModel(url) : given;
  }

  /** The first model that a server lists. */
  private static String firstModel(URI server) throws IOException, InterruptedException {
    JsonNode id =
        JsonMapper.shared()
            .readTree(ControlCalls.get(server, "/v1/models"))
            .path("data")
            .path(0)
            .path("id");
    if (!id.isString()) {
      throw new IOException("%s lists no model: name one with --model".formatted(server));
    }
    return id.asString();
  }

  /** All that a load's figures depend on. */
  public LoadConfig config(Bodies bodies, PromptLengths lengths, LoadDriver.Load load) {
    return new LoadConfig(
        url.toString(),
        bodies.model(),
        api.toString(),
        load.requests(),
        load.ratePerSecond() > 0 ? load.ratePerSecond() : null,
        load.concurrency(),
        load.promptTokens(),
        load.maxTokens(),
        load.warmUp(),
        bodies.streamed(),
        lengths,
        clientPool,
        plain,
        timeoutSeconds,
        seed);
  }

  /** What of the server and of how it is asked a study depends on. */
  public LiveTarget live(
      Bodies bodies, PromptLengths lengths, URI replicationUrl, ServerFacts server) {
    return new LiveTarget(
        url.toString(),
        replicationUrl.toString(),
        bodies.model(),
        api.toString(),
        lengths,
        plain,
        timeoutSeconds,
        server.engines());
  }

  /** What is measured with, and on which kind of engines. */
  public Environment environment(List<String> arguments) throws InterruptedException {
    return Environment.of(arguments, ServerFacts.of(url).words());
  }
}
