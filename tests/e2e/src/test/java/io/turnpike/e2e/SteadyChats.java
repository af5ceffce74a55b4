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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Four clients that hold streamed conversations of three turns with a gateway until closed. */
final class SteadyChats implements AutoCloseable {

  private static final int CLIENTS = 4;
  private static final int TURNS = 3;
  private static final int TOKENS = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger answered = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private final String model;
  private final URI url;
  private volatile boolean over;

  SteadyChats(URI gateway) {
    this(gateway, SuiteStack.MODEL);
  }

  SteadyChats(URI gateway, String model) {
    this.model = model;
    url = gateway.resolve("/v1/chat/completions");
    for (int i = 0; i < CLIENTS; i++) {
      String name = "client-" + i;
      clients.add(Thread.ofVirtual().name(name).start(() -> talk(name)));
    }
  }

  private void talk(String name) {
    for (int conversation = 0; !over; conversation++) {
      List<String> messages = new ArrayList<>(List.of(name + " asks question " + conversation));
      for (int turn = 0; turn < TURNS && !over; turn++) {
        ask(messages);
        messages.addAll(List.of("What was said in turn " + turn, "And then?"));
      }
    }
  }

  private void ask(List<String> messages) {
    String body =
        SuiteStack.chat(TOKENS, true, messages.toArray(String[]::new))
            .replace(SuiteStack.MODEL, model);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString(UTF_8));
      boolean whole =
          answer.body().endsWith("data: [DONE]\n\n") && !answer.body().contains("\"error\"");
      if (answer.statusCode() == 200 && whole) {
        answered.incrementAndGet();
      } else {
        failures.add(answer.statusCode() + " " + answer.body());
      }
    } catch (IOException e) {
      failures.add(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until so many more turns have ended. */
  void awaitTurns(int more) {
    int goal = answered.get() + failures.size() + more;
    SuiteStack.await("turns under load", () -> answered.get() + failures.size() >= goal);
  }

  /** Lets the turns under way end, and says what went wrong with any. */
  List<String> failures() throws InterruptedException {
    over = true;
    for (Thread client : clients) {
      client.join(PATIENCE);
    }
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    over = true;
    clients.forEach(Thread::interrupt);
    http.shutdownNow();
  }
}
