package io.turnpike.bench.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.EndpointOptions;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import io.turnpike.bench.conversation.Talk.Said;
import io.turnpike.bench.conversation.Talks.Answers;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.Prompts;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TalkRunIT {

  private static final Bodies BODIES =
      new Bodies("m", Bodies.Api.CHAT, true, Bodies.Extensions.NONE, "");

  private final List<Measurement> measured = new CopyOnWriteArrayList<>();

  @Test
  void turnsOfAConversation_followEachOther_afterTheirPause() throws Exception {
    Said said = new Said(() -> "hi", null, 8, 0, 30_000_000);
    Talk talk = new Talk(0, "a", List.of(said, said, said));
    try (OddServer server = new OddServer(List.of(Deed.FINE));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      run(endpoint).run(List.of(talk), 1);
    }
    assertThat(measured.stream().map(Measurement::turn)).containsExactly(1, 2, 3);
    for (int i = 1; i < measured.size(); i++) {
      assertThat(measured.get(i).scheduledNanos() - measured.get(i - 1).endNanos())
          .isGreaterThanOrEqualTo(30_000_000);
    }
    assertThat(measured.stream().map(Measurement::answer)).containsOnly("abc");
  }

  @Test
  void conversations_runBesideEachOther_asManyAsAllowed() throws Exception {
    List<Talk> talks =
        Talks.seeded(
            new Prompts(1, PromptLengths.assumed()),
            new Talks.Shape(0, 6, 1, 8, 8),
            Answers.SEEDED);
    try (OddServer server = new OddServer(List.of(Deed.HELD));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      server.reaching(6, server::release);
      run(endpoint).run(talks, 0);
      assertThat(measured).as("none would have been let go before all had come").hasSize(6);
    }
    assertThat(measured).allMatch(Measurement::ok);
  }

  @Test
  void aFailedTurn_endsItsConversation_onlyIfTheRealAnswerIsNeeded() throws Exception {
    List<Talk> standIns =
        Talks.seeded(
            new Prompts(1, PromptLengths.assumed()),
            new Talks.Shape(0, 1, 3, 8, 8),
            Answers.SEEDED);
    Said said = new Said(() -> "hi", null, 8, 0, 0);
    List<Talk> real = List.of(new Talk(0, "a", List.of(said, said, said)));
    try (OddServer server =
            new OddServer(List.of(Deed.UNAVAILABLE, Deed.FINE, Deed.FINE, Deed.UNAVAILABLE));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      TalkRun run = run(endpoint);
      run.run(standIns, 1);
      assertThat(measured.stream().map(Measurement::ok)).containsExactly(false, true, true);
      assertThat(run.unsent()).isZero();
      measured.clear();
      run.run(real, 1);
      assertThat(measured.stream().map(Measurement::ok)).containsExactly(false);
      assertThat(run.unsent()).isEqualTo(2);
      assertThat(run.sent()).isEqualTo(4);
    }
  }

  @Test
  void stop_namesWhatWasUnderWay_andCountsTheRest() throws Exception {
    List<Talk> talks =
        Talks.seeded(
            new Prompts(1, PromptLengths.assumed()),
            new Talks.Shape(0, 5, 2, 8, 8),
            Answers.SEEDED);
    try (OddServer server = new OddServer(List.of(Deed.FINE, Deed.FINE, Deed.HELD));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      TalkRun run = run(endpoint);
      server.reaching(3, run::stop);
      run.run(talks, 1);
      assertThat(run.isStopped()).isTrue();
      assertThat(run.sent() + run.unsent()).isEqualTo(10);
      assertThat(run.sent()).isEqualTo(3);
    }
    assertThat(measured.stream().map(TalkRunIT::reason)).containsExactly("ok", "ok", "interrupted");
  }

  @Test
  void indices_areUnique_soThatEachCanBeInterrupted() throws Exception {
    List<Talk> talks =
        Talks.seeded(
            new Prompts(1, PromptLengths.assumed()),
            new Talks.Shape(0, 20, 2, 8, 8),
            Answers.SEEDED);
    try (OddServer server = new OddServer(List.of(Deed.FINE));
        Endpoint endpoint = new Endpoint(EndpointOptions.of(server.url()))) {
      run(endpoint).run(talks, 5);
    }
    assertThat(measured.stream().map(Measurement::index))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 40).boxed().toList());
  }

  private static String reason(Measurement m) {
    return m.failure() == null ? "ok" : m.failure().reason();
  }

  private TalkRun run(Endpoint endpoint) {
    return new TalkRun(endpoint, BODIES, (talk, m) -> measured.add(m));
  }
}
