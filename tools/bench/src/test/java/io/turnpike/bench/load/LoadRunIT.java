package io.turnpike.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.EndpointOptions;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.client.TokenSource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The honesty rules, against a server that misbehaves. */
class LoadRunIT {

  private final List<Measurement> measured = new CopyOnWriteArrayList<>();

  @Test
  void everyFailure_isCountedWithItsReason() throws Exception {
    try (OddServer server =
            new OddServer(
                List.of(
                    Deed.FINE,
                    Deed.CUT,
                    Deed.ENDS_EARLY,
                    Deed.ERROR_EVENT,
                    Deed.UNAVAILABLE,
                    Deed.EMPTY,
                    Deed.FINE));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      assertThat(run(endpoint).closed(7, 1)).isEqualTo(7);
    }
    assertThat(measured.stream().map(LoadRunIT::reason))
        .containsExactly("ok", "cut", "cut", "error_event", "http_503", "empty", "ok");
    assertThat(measured.getFirst().promptTokens()).isEqualTo(7);
    assertThat(measured.getFirst().chunks()).isEqualTo(3);
  }

  @Test
  void silence_isATimeout_beforeAndAfterTheFirstByte() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.HANG, Deed.STALL));
        Endpoint endpoint = new Endpoint(limited(server.url()))) {
      run(endpoint).closed(2, 1);
    }
    assertThat(measured.stream().map(LoadRunIT::reason)).containsExactly("stalled", "stalled");
    assertThat(measured.getLast().chunks()).isEqualTo(3);
  }

  @Test
  void noServer_isRefused() throws Exception {
    OddServer server = new OddServer(List.of(Deed.FINE));
    URI gone = server.url();
    server.close();
    try (Endpoint endpoint = new Endpoint(limited(gone))) {
      run(endpoint).closed(1, 1);
    }
    assertThat(reason(measured.getFirst())).isEqualTo("refused");
  }

  @Test
  void tokens_areTheServers_unlessItLiesOrIsSilent() throws Exception {
    try (OddServer server =
            new OddServer(
                List.of(Deed.FINE, Deed.NO_USAGE, Deed.USAGE_TOO_LARGE, Deed.USAGE_TOO_SMALL));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      run(endpoint).closed(4, 1);
    }
    assertThat(measured.stream().map(Measurement::tokenSource))
        .containsExactly(
            TokenSource.USAGE,
            TokenSource.CHUNKS,
            TokenSource.CHUNKS_USAGE_WRONG,
            TokenSource.CHUNKS_USAGE_WRONG);
    assertThat(measured).allMatch(m -> m.outputTokens() == 3);
  }

  @Test
  void openLoop_sendsAll_thoughNoneIsAnswered() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.HELD));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      server.reaching(40, server::release);
      assertThat(run(endpoint).open(Arrivals.even(1000, 40), 0)).isEqualTo(40);
    }
    assertThat(measured).hasSize(40).allMatch(Measurement::ok);
  }

  @Test
  void aBoundedPool_countsTheWait_fromWhenItWasDue() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.SLOW, Deed.FINE));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()).withConnections(1))) {
      run(endpoint).open(Arrivals.even(1000, 2), 0);
    }
    Measurement second = measured.getLast();
    assertThat(second.sentNanos()).isGreaterThanOrEqualTo(measured.getFirst().endNanos());
    assertThat(second.ttftMillis()).isGreaterThan(90);
    assertThat(second.ttftMillis() - second.ttftFromSendMillis()).isGreaterThan(90);
    assertThat(second.lagNanos()).isLessThan(second.sentNanos() - second.scheduledNanos());
  }

  @Test
  void stop_keepsWhatWasMeasured_andNamesTheRest() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE, Deed.HELD));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      LoadRun run = run(endpoint);
      server.reaching(3, () -> Thread.startVirtualThread(() -> stopAfterTheFirst(run)));
      assertThat(run.open(Arrivals.even(20, 1_000), 0)).isLessThan(1_000);
      assertThat(run.isStopped()).isTrue();
    }
    assertThat(measured.stream().filter(Measurement::ok)).hasSize(1);
    assertThat(measured.stream().filter(m -> !m.ok()).map(LoadRunIT::reason))
        .isNotEmpty()
        .containsOnly("interrupted");
  }

  /** However slow the machine is, the first answer is in before the stop. */
  private void stopAfterTheFirst(LoadRun run) {
    while (measured.isEmpty()) {
      Thread.onSpinWait();
    }
    run.stop();
  }

  private LoadRun run(Endpoint endpoint) {
    return new LoadRun(endpoint, LoadRunIT::request, gap -> {}, measured::add);
  }

  private static EndpointOptions limited(URI url) {
    return EndpointOptions.of(url).withLimits(Duration.ofMillis(300), Duration.ofSeconds(5));
  }

  private static Request request(int index) {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    return new Request(index, index, 1, "/v1/chat/completions", body, true, 64, false, "");
  }

  private static String reason(Measurement m) {
    return m.failure() == null ? "ok" : m.failure().reason();
  }
}
