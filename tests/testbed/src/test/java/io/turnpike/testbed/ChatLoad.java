package io.turnpike.testbed;

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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Clients that hold conversations of three turns with a gateway until told to stop. */
final class ChatLoad implements AutoCloseable {

  /** How answers are asked for. */
  enum Answers {
    WHOLE,
    STREAMED
  }

  static final int CLIENTS = 6;
  private static final String MODEL = "turnpike-sim";
  private static final int TURNS = 3;
  private static final int MAX_TOKENS = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final AtomicInteger answered = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private final URI url;
  private final Answers answers;
  private final int maxTokens;
  private volatile boolean over;

  /** Clients that have begun; {@link #result} ends them. */
  static ChatLoad start(URI gateway, Answers answers) {
    return start(gateway, answers, CLIENTS, MAX_TOKENS);
  }

  /** So many clients, and answers as long as that: a token takes about 10 ms. */
  static ChatLoad start(URI gateway, Answers answers, int clients, int maxTokens) {
    ChatLoad load = new ChatLoad(gateway, answers, maxTokens);
    for (int i = 0; i < clients; i++) {
      String name = "client-" + i + "-" + System.nanoTime();
      load.clients.add(Thread.ofVirtual().name(name).start(() -> load.talk(name)));
    }
    return load;
  }

  private ChatLoad(URI gateway, Answers answers, int maxTokens) {
    url = gateway.resolve("/v1/chat/completions");
    this.answers = answers;
    this.maxTokens = maxTokens;
  }

  /** A request for a chat whose messages are the user's and the assistant's in turn. */
  static String chat(int maxTokens, boolean stream, String... messages) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", MODEL).put("max_tokens", maxTokens).put("stream", stream);
    ArrayNode list = body.putArray("messages");
    for (int i = 0; i < messages.length; i++) {
      String role = i % 2 == 0 ? "user" : "assistant";
      list.addObject().put("role", role).put("content", messages[i]);
    }
    return body.toString();
  }

  /** Waits until so many more turns have ended. */
  void awaitTurns(int more) {
    int goal = turns() + more;
    ComposeStack.await("turns under load", PATIENCE, () -> turns() >= goal);
  }

  private int turns() {
    return answered.get() + failures.size();
  }

  private void talk(String name) {
    for (int conversation = 0; !over; conversation++) {
      List<String> messages = new ArrayList<>(List.of(name + " asks question " + conversation));
      for (int turn = 0; turn < TURNS && !over; turn++) {
        String failure = turn(messages);
        if (failure != null) {
          failures.add(failure);
          break;
        }
        answered.incrementAndGet();
        messages.add("What was said in turn " + turn);
        messages.add("And then?");
      }
    }
  }

  /** What went wrong with it, or null. */
  private String turn(List<String> messages) {
    boolean stream = answers == Answers.STREAMED;
    String body = chat(maxTokens, stream, messages.toArray(String[]::new));
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString(UTF_8));
      boolean whole =
          stream
              ? answer.body().endsWith("data: [DONE]\n\n") && !answer.body().contains("\"error\"")
              : answer.body().contains("\"finish_reason\":\"");
      return answer.statusCode() == 200 && whole
          ? null
          : answer.statusCode() + " " + answer.headers().map() + " " + answer.body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** How many turns were answered, and what the others met. */
  record Result(int answered, List<String> failures) {}

  /** What went wrong so far. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Lets the turns under way end. */
  Result result() {
    over = true;
    for (Thread client : clients) {
      try {
        client.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Result(answered.get(), failures());
  }

  /** Ends clients that nobody asked for a result. */
  @Override
  public void close() {
    over = true;
    clients.forEach(Thread::interrupt);
    http.shutdownNow();
  }
}
