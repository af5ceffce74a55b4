package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients that hold conversations of several turns with gateways drawn at random, and know what the
 * answers must be: the simulated engines give a prompt one text, and one engine that is never
 * struck is asked for it.
 */
final class ChaosClients implements AutoCloseable {

  /** The model of the engine that is never struck, so that gateways send it nothing else. */
  static final String REFERENCE = "reference";

  private static final int MAX_TOKENS = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final List<Gateway> gateways;
  private final URI reference;
  private final long seed;
  private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean over;

  /** A gateway by its name in the stack. */
  record Gateway(String name, URI url) {}

  /** How a turn ended for its client. */
  enum End {
    /** The text that the prompt has. */
    RIGHT,
    /** Another text, as if it were right: never. */
    WRONG,
    /** An error status of the gateway. */
    REFUSED,
    /** An error event in a stream. */
    CUT,
    /** The connection failed: the gateway is gone. */
    BROKEN
  }

  /** One turn as its client saw it. */
  record Turn(String gateway, boolean stream, long fromNanos, long toNanos, End end, String said) {}

  ChaosClients(List<Gateway> gateways, URI reference, long seed) {
    this.gateways = gateways;
    this.reference = reference;
    this.seed = seed;
  }

  void start(int count) {
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed * 1000 + i);
      String name = "client " + i;
      clients.add(Thread.ofVirtual().name(name).start(() -> talk(name, random)));
    }
  }

  /** What was seen so far. */
  List<Turn> turns() {
    return List.copyOf(turns);
  }

  private void talk(String name, Random random) {
    for (int conversation = 0; !over; conversation++) {
      String first = TurnsIT.story(name + "'s conversation " + conversation);
      List<String> messages = new ArrayList<>(List.of(first));
      int length = 2 + random.nextInt(4);
      for (int turn = 0; turn < length && !over; turn++) {
        String truth = truth(messages);
        turns.add(turn(messages, truth, random));
        messages.add(truth);
        messages.add("And then? " + random.nextInt(1000));
        LockSupport.parkNanos(random.nextLong(300_000_000L));
      }
    }
  }

  private String truth(List<String> messages) {
    try {
      return textOf(send(reference, REFERENCE, messages, false).body());
    } catch (IOException e) {
      throw new IllegalStateException("the engine that is never struck did not answer", e);
    }
  }

  private Turn turn(List<String> messages, String truth, Random random) {
    Gateway gateway = gateways.get(random.nextInt(gateways.size()));
    boolean stream = random.nextBoolean();
    long from = System.nanoTime();
    End end;
    String said = "";
    try {
      HttpResponse<String> answer = send(gateway.url, SuiteStack.MODEL, messages, stream);
      said = answer.statusCode() + " " + answer.body();
      end = endOf(answer, stream, truth);
    } catch (IOException e) {
      end = End.BROKEN;
      said = e.toString();
    }
    String kept = end == End.RIGHT ? "" : lastOf(said) + " (expected: " + truth + ")";
    return new Turn(gateway.name, stream, from, System.nanoTime(), end, kept);
  }

  private static String lastOf(String said) {
    return said.substring(Math.max(0, said.length() - 600)).replace('\n', ' ');
  }

  private static End endOf(HttpResponse<String> answer, boolean stream, String truth) {
    if (answer.statusCode() != 200) {
      return End.REFUSED;
    }
    if (!stream) {
      return textOf(answer.body()).equals(truth) ? End.RIGHT : End.WRONG;
    }
    if (answer.body().contains("data: {\"error\"")) {
      return End.CUT;
    }
    boolean whole =
        answer.body().endsWith("data: [DONE]\n\n") && streamed(answer.body()).equals(truth);
    return whole ? End.RIGHT : End.WRONG;
  }

  private static String textOf(String body) {
    return JsonMapper.shared().readTree(body).at("/choices/0/message/content").asString();
  }

  private static String streamed(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
        .map((JsonNode event) -> event.at("/choices/0/delta/content").asString(""))
        .collect(Collectors.joining());
  }

  private HttpResponse<String> send(URI to, String model, List<String> messages, boolean stream)
      throws IOException {
    String body =
        SuiteStack.chat(MAX_TOKENS, stream, messages.toArray(String[]::new))
            .replace("\"" + SuiteStack.MODEL + "\"", "\"" + model + "\"");
    HttpRequest request =
        HttpRequest.newBuilder(to.resolve("/v1/chat/completions"))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString(UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Lets the turns under way end, and closes all connections. */
  @Override
  public void close() {
    over = true;
    for (Thread client : clients) {
      try {
        client.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    http.shutdownNow();
  }
}
