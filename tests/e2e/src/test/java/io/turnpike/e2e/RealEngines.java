package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.turnpike.e2e.SuiteStack.Turn;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.node.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A suite of real vLLM engines: one that prefills, some that decode, and one by itself whose greedy
 * text is the truth. The model is tiny and random: one prompt character or KV block that is wrong
 * changes all of its text.
 */
final class RealEngines {

  static final String PREFILL = "prefill-1";

  /** Tokens of a KV block: what an engine keeps and hands over is whole blocks. */
  static final int BLOCK = 32;

  private static final String REFERENCE = "replica-1";
  private static final String CHAT = "/v1/chat/completions";
  private static final int TOKENS = 40;

  /** Prompt tokens by where their KV came from. */
  private static final String BY_SOURCE = "vllm:prompt_tokens_by_source_total";

  final SuiteStack suite;
  private final Random random = new Random(3);

  private RealEngines(SuiteStack suite) {
    this.suite = suite;
  }

  /**
   * Starts everything; loading takes minutes.
   *
   * @param handoff the lines of {@code engines} that say how many there are, and how they hand over
   */
  static RealEngines start(String handoff) {
    String model = required("TURNPIKE_REAL_MODEL", "the folder of a small model");
    if (!Files.isDirectory(Path.of(model))) {
      throw new IllegalStateException("TURNPIKE_REAL_MODEL=" + model + " is no folder");
    }
    String vllm = System.getenv().getOrDefault("VLLM", "vllm");
    String plan = plan().replace("${MODEL}", model).replace("${VLLM}", vllm);
    RealEngines engines = new RealEngines(SuiteStack.of(plan + handoff.indent(2)));
    SuiteStack.await("all engines ready at the proxy", engines::allReady);
    return engines;
  }

  /** One engine that does whole turns, behind a replication service with these properties. */
  static SuiteStack oneReplica(String properties) {
    String model = required("TURNPIKE_REAL_MODEL", "the folder of a small model");
    String vllm = System.getenv().getOrDefault("VLLM", "vllm");
    return SuiteStack.of(
        plan()
                .replace("${MODEL}", model)
                .replace("${VLLM}", vllm)
                .replace(
                    "replication: none",
                    "proxies: 0\nreplication: {properties: " + properties + "}")
            + "  prefill: 0\n  decode: 0\n");
  }

  private static String required(String variable, String what) {
    String value = System.getenv(variable);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(
          variable + " is not set (expected: " + what + " that the engines serve)");
    }
    return value;
  }

  private static String plan() {
    try (InputStream yaml = RealEngines.class.getResourceAsStream("/real-engines.yaml")) {
      return new String(yaml.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean allReady() {
    long ready = 0;
    for (JsonNode node : suite.get(proxy(), "/status").path("nodes")) {
      ready += node.path("state").asString().equals("ready") ? 1 : 0;
    }
    return ready == suite.stack.plan().engines().engines().size();
  }

  URI proxy() {
    return suite.stack.url("proxy-1");
  }

  List<String> names() {
    return suite.stack.plan().engines().engines().stream().map(EnginePlan::name).toList();
  }

  /** The decode engines that run. */
  List<String> decodes() {
    return suite.stack.plan().engines().engines().stream()
        .filter(engine -> engine.role() == Role.DECODE)
        .map(EnginePlan::name)
        .filter(suite.stack::isAlive)
        .toList();
  }

  // --- what clients do ---

  /** A conversation that nobody has had before. */
  Conversation conversation() {
    return new Conversation();
  }

  /** A conversation whose second turn is next, and whose KV that decode engine holds. */
  Conversation conversationOn(String decode) {
    for (int tried = 0; tried < 30; tried++) {
      Conversation conversation = new Conversation();
      Turn first = conversation.turn();
      if (first.header("decode").equals(decode)) {
        return conversation.heard(first.text()).ask(60);
      }
    }
    throw new AssertionError("no conversation came to " + decode);
  }

  /** One client's conversation: what was said so far. Not thread-safe. */
  final class Conversation {

    private final List<Map<String, String>> messages = new ArrayList<>();

    private Conversation() {
      ask(310);
    }

    /** The user says something of that length, which is also its number of tokens. */
    Conversation ask(int characters) {
      messages.add(Map.of("role", "user", "content", words(characters)));
      return this;
    }

    /** The assistant was heard to say that. */
    Conversation heard(String text) {
      messages.add(Map.of("role", "assistant", "content", text));
      return this;
    }

    String body(int maxTokens, Map<String, Object> fields) {
      var body = JsonMapper.shared().createObjectNode();
      body.put("model", "tiny").put("max_tokens", maxTokens).put("temperature", 0);
      body.put("ignore_eos", true);
      body.set("messages", JsonMapper.shared().valueToTree(messages));
      fields.forEach(body::putPOJO);
      return JsonMapper.shared().writeValueAsString(body);
    }

    /** What an engine by itself answers now. */
    String truth() {
      return truth(TOKENS);
    }

    /** What an engine by itself answers now, so many tokens of it. */
    String truth(int maxTokens) {
      Turn turn = suite.turn(suite.stack.url(REFERENCE), body(maxTokens, Map.of()));
      if (turn.status() != 200) {
        throw new AssertionError("the reference engine: " + turn.answer().body());
      }
      return turn.text();
    }

    /** One turn through the proxy. */
    Turn turn(String... headers) {
      return turn(Map.of(), headers);
    }

    /** One turn through the proxy with more fields in its body. */
    Turn turn(Map<String, Object> fields, String... headers) {
      return suite.turn(proxy(), body(TOKENS, fields), headers);
    }

    /** One turn through the proxy, with so many tokens of answer. */
    Turn turn(int maxTokens) {
      return suite.turn(proxy(), body(maxTokens, Map.of()));
    }
  }

  private synchronized String words(int characters) {
    String alphabet = "abcdefghij klmno pqrst uvwxyz";
    StringBuilder words = new StringBuilder();
    while (words.length() < characters) {
      words.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return words.toString();
  }

  /**
   * What came of a stream.
   *
   * @param finish the finish reasons that were told
   * @param error whether an error event came
   * @param done whether it ended with the mark that says that it is whole
   */
  record Streamed(
      HttpHeaders headers, String text, List<String> finish, boolean error, boolean done) {

    String header(String name) {
      return headers.firstValue("x-turnpike-" + name).orElse("");
    }
  }

  /** A streamed turn; the listener hears the number of pieces of text so far. */
  Streamed stream(Conversation conversation, int maxTokens, IntConsumer onPiece) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(proxy().resolve(CHAT))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(conversation.body(maxTokens, Map.of("stream", true))))
            .build();
    HttpResponse<InputStream> answer = suite.http().send(request, BodyHandlers.ofInputStream());
    StringBuilder text = new StringBuilder();
    List<String> finish = new ArrayList<>();
    boolean error = false;
    boolean done = false;
    int pieces = 0;
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("data: [DONE]")) {
          done = true;
        } else if (line.startsWith("data: ")) {
          JsonNode event = JsonMapper.shared().readTree(line.substring("data: ".length()));
          error |= event.has("error");
          String reason = event.at("/choices/0/finish_reason").asString("");
          if (!reason.isEmpty()) {
            finish.add(reason);
          }
          String piece = event.at("/choices/0/delta/content").asString("");
          if (!piece.isEmpty()) {
            text.append(piece);
            onPiece.accept(++pieces);
          }
        }
      }
    }
    return new Streamed(answer.headers(), text.toString(), finish, error, done);
  }

  // --- what engines count ---

  /**
   * An engine's prompt tokens so far.
   *
   * @param computed by itself
   * @param pulled from another engine
   * @param hit in its own prefix cache
   */
  record Counters(long computed, long pulled, long hit) {

    Counters since(Counters before) {
      return new Counters(computed - before.computed, pulled - before.pulled, hit - before.hit);
    }

    long all() {
      return computed + pulled + hit;
    }
  }

  Counters counters(String engine) {
    return new Counters(
        bySource(engine, "local_compute"),
        bySource(engine, "external_kv_transfer"),
        bySource(engine, "local_cache_hit"));
  }

  private long bySource(String engine, String source) {
    return (long) suite.metric(engine, BY_SOURCE, "source=\"" + source + "\"");
  }

  /** Requests that an engine has ended well. */
  long answered(String engine) {
    return (long) suite.metric(engine, "vllm:request_success_total", "");
  }

  /** Requests that an engine is computing. */
  long running(String engine) {
    return (long) suite.metric(engine, "vllm:num_requests_running", "");
  }

  boolean isHealthy(String engine) {
    HttpRequest health = HttpRequest.newBuilder(suite.stack.url(engine).resolve("/health")).build();
    return suite.stack.isAlive(engine) && suite.send(health).statusCode() == 200;
  }

  // --- what breaks ---

  /** The processes of an engine. */
  enum Part {
    /** The HTTP server, from which all others come: what a service manager tells to stop. */
    SERVER,
    /** The core and its workers; the HTTP server answers all the while. */
    CORE,
    ALL
  }

  /** Sends a signal to an engine's processes. */
  void signal(String signal, String engine, Part part) {
    ProcessHandle server = ProcessHandle.of(suite.stack.pid(engine)).orElseThrow();
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    if (part != Part.SERVER) {
      server.descendants().forEach(process -> command.add(Long.toString(process.pid())));
    }
    if (part != Part.CORE) {
      command.add(Long.toString(server.pid()));
    }
    try {
      if (new ProcessBuilder(command).start().waitFor() != 0) {
        throw new IllegalStateException(command + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
