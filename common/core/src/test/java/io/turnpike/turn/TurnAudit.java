package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Effect.Slot;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches one turn from outside: what it holds, whom it asked, what its client got; and says when
 * one of the promises of docs/turns.md is broken.
 */
final class TurnAudit {

  /** A leg that is under way; {@code asks} for tokens only. */
  private record OpenLeg(Node node, boolean prefill, @Nullable Node from, boolean asks) {}

  /** Params that P gave, which nobody has used yet. */
  private record Params(NodeId prefill, long givenNanos) {}

  private final SimulatedEngines engines;
  private final long beganNanos;

  /** Roles that can answer it. */
  private final Set<Role> answering;

  private final Map<Integer, OpenLeg> open = new HashMap<>();
  private final Map<Slot, Effect.Reserve> held = new EnumMap<>(Slot.class);
  private final Set<NodeId> planned = new HashSet<>();
  private final TurnFaults faults = new TurnFaults();
  private @Nullable Params params;
  private @Nullable Event cause;
  private int ways;
  private int waysBeforeCut;
  private boolean wayCounted;
  private int answers;
  private int cuts;
  private @Nullable NodeId passing;
  private boolean goesOn;
  private long goesOnUntil;
  int resumed;
  private boolean bodyDropped;
  private boolean promptDone;
  private boolean everyEngineWould;
  private @Nullable Failure failure;
  @Nullable Outcome outcome;

  TurnAudit(SimulatedEngines engines, Set<Role> answering, long beganNanos) {
    this.engines = engines;
    this.answering = answering;
    this.beganNanos = beganNanos;
  }

  /** An event is about to be given to the machine; what it says of the legs is true by then. */
  void happens(Event event, long now) {
    cause = event;
    everyEngineWould = false;
    switch (event) {
      case Event.PrefillAnswered e when open.containsKey(e.leg()) -> {
        OpenLeg leg = open.remove(e.leg());
        boolean good = e.status() == 200 && e.json();
        params = good && e.params() ? new Params(leg.node().id(), now) : null;
        everyEngineWould = Verdict.isEveryEngines(e.status());
      }
      case Event.Judged e when open.containsKey(e.leg()) && e.verdict() != Verdict.GOOD -> {
        OpenLeg leg = open.remove(e.leg());
        boolean handoff =
            leg.from() != null && (e.verdict() == Verdict.FAILED || e.verdict() == Verdict.EMPTY);
        if (!handoff && e.verdict() != Verdict.REFUSED) {
          faults.failed(leg.node().id());
        }
        everyEngineWould = e.verdict() == Verdict.REFUSED;
      }
      case Event.LegBroke e when open.containsKey(e.leg()) -> {
        OpenLeg leg = open.remove(e.leg());
        if (!leg.prefill()) {
          faults.failed(leg.node().id());
        }
      }
      case Event.AnswerEnded e -> open.remove(e.leg());
      case Event.TokensKnown e when open.containsKey(e.leg()) -> {
        assertThat(open.remove(e.leg()).asks()).isTrue();
      }
      case Event.NotResumable e -> open.remove(e.leg());
      case Event.NodeLost e -> {
        Effect.Reserve place = held.get(Slot.ANSWER);
        boolean asked =
            open.values().stream().anyMatch(leg -> leg.asks() && leg.node().id().equals(e.node()));
        if (asked || (place != null && place.node().id().equals(e.node()))) {
          faults.failed(e.node());
        }
      }
      default -> {}
    }
  }

  void says(List<Effect> effects, TurnMachine machine, long now) {
    for (Effect effect : effects) {
      assertThat(outcome).as("nothing comes after the end").isNull();
      says(effect, now);
    }
    assertThat(machine.record().tries()).as("tries").isEqualTo(ways);
    assertThat(ways - waysBeforeCut).as("tries since the last cut").isLessThanOrEqualTo(4);
    long first = TurnRules.DEFAULT.firstContentWithin().toNanos();
    long whole = TurnRules.DEFAULT.within().toNanos();
    long deadline = beganNanos + (answers > 0 ? whole : first);
    if (outcome == null) {
      assertThat(machine.dueNanos())
          .as("no wait beyond the deadline")
          .isLessThanOrEqualTo(deadline);
      if (cause instanceof Event.Woke) {
        assertThat(now).as("over by the deadline plus one look").isLessThan(deadline);
        assertThat(machine.dueNanos()).as("looks go on").isGreaterThan(now);
      }
    } else {
      end(now, machine.record());
    }
  }

  private void says(Effect effect, long now) {
    switch (effect) {
      case Effect.Reserve e -> {
        assertThat(held.put(e.slot(), e)).as("a slot is free").isNull();
        engines.reserve(e.node(), e.tokens(), e.waitingTokens());
        if (e.slot() == Slot.ANSWER) {
          promptDone = false;
          planned.add(e.node().id());
        }
      }
      case Effect.PromptDone _ -> {
        assertThat(promptDone).as("prompt done once").isFalse();
        promptDone = true;
        Effect.Reserve place = Objects.requireNonNull(held.get(Slot.ANSWER));
        engines.reserve(place.node(), 0, -place.waitingTokens());
      }
      case Effect.Release e -> {
        Effect.Reserve place = held.remove(e.slot());
        assertThat(place).as("given back once").isNotNull();
        boolean done = e.slot() == Slot.ANSWER && promptDone;
        engines.reserve(place.node(), -place.tokens(), done ? 0 : -place.waitingTokens());
      }
      case Effect.SendPrefill e -> sendsPrefill(e);
      case Effect.SendDecode e -> sendsDecode(e, now);
      case Effect.CloseLeg e -> closes(e.leg());
      case Effect.Remember e ->
          assertThat(cause).as("only a good answer is remembered").isInstanceOf(Event.Judged.class);
      case Effect.KeepBody _ -> assertThat(bodyDropped).as("what is kept is there").isFalse();
      case Effect.DropBody _ -> {
        assertThat(bodyDropped).as("dropped once").isFalse();
        bodyDropped = true;
      }
      case Effect.Pass e -> {
        answers++;
        passes(e.leg());
      }
      case Effect.AskTokens e -> asksTokens(e, now);
      case Effect.GoOn e -> {
        assertThat(goesOn).as("only what broke off goes on").isTrue();
        assertThat(e.way().answering()).isEqualTo(node(e.leg()));
        goesOn = false;
        passes(e.leg());
      }
      case Effect.PassWords e -> {
        answers++;
        assertThat(e.leg()).as("the last words").isEqualTo(legOf(cause));
      }
      case Effect.Answer e -> {
        answers++;
        failure = e.failure();
      }
      case Effect.CutAnswer _ -> {
        cuts++;
        assertThat(answers).as("cut is what had begun").isEqualTo(1);
      }
      case Effect.Note e -> notes(e.fact());
      case Effect.End e -> outcome = e.outcome();
    }
  }

  private void passes(int leg) {
    assertThat(open).as("passed on is an open leg").containsKey(leg);
    passing = node(leg).id();
  }

  private Node node(int leg) {
    return Objects.requireNonNull(open.get(leg)).node();
  }

  private void asksTokens(Effect.AskTokens ask, long now) {
    if (!goesOn) {
      goesOn = true;
      goesOnUntil =
          Math.min(
              now + TurnRules.DEFAULT.firstContentWithin().toNanos(),
              beganNanos + TurnRules.DEFAULT.within().toNanos());
      resumed++;
      waysBeforeCut = ways;
      planned.clear();
      faults.beginAfterCut(Objects.requireNonNull(passing));
    }
    assertThat(resumed).as("goes on twice").isLessThanOrEqualTo(TurnRules.MAX_RESUMES);
    assertThat(held).as("nothing is held while tokens are asked").isEmpty();
    assertThat(bodyDropped).as("tokens are those of the body").isFalse();
    ways++;
    wayCounted = true;
    faults.asks(ask.node());
    planned.add(ask.node().id());
    open.put(ask.leg(), new OpenLeg(ask.node(), false, null, true));
  }

  /** A way begins with its first leg, or with the question for tokens before that. */
  private void beginsWay(Node node) {
    if (wayCounted) {
      wayCounted = false;
    } else {
      ways++;
      faults.asks(node);
    }
  }

  private void sendsPrefill(Effect.SendPrefill send) {
    params = null;
    starts(send.leg(), new OpenLeg(send.prefill(), true, null, false));
    if (send.decode().connector().decodesAlone()) {
      assertThat(engines.view().usability().pair(send.prefill(), send.decode()))
          .as("a suspended pair is left alone")
          .isTrue();
    }
    beginsWay(send.decode());
  }

  private void sendsDecode(Effect.SendDecode send, long now) {
    Node from = send.from();
    if (from == null) {
      beginsWay(send.node());
    } else if (from.connector().passesParamsOn()) {
      Params given = params;
      assertThat(given).as("params are used once, and only fresh ones").isNotNull();
      assertThat(given.prefill()).isEqualTo(from.id());
      assertThat(send.latestNanos() - given.givenNanos())
          .as("params live 20 s")
          .isLessThanOrEqualTo(TurnRules.PARAMS_LIFE.toNanos());
    } else {
      boolean overlapping = from.connector().order() == Connector.Order.OVERLAPPING;
      assertThat(open.values().stream().anyMatch(OpenLeg::prefill)).isEqualTo(overlapping);
    }
    params = null;
    assertThat(send.latestNanos()).isGreaterThan(now);
    starts(send.leg(), new OpenLeg(send.node(), false, from, false));
  }

  private void starts(int leg, OpenLeg sent) {
    assertThat(bodyDropped).as("a leg needs the body").isFalse();
    assertThat(answers == 0 || goesOn).as("nothing is asked after an answer").isTrue();
    assertThat(held.get(sent.prefill() ? Slot.PREFILL : Slot.ANSWER))
        .as("reserved before it is asked")
        .isNotNull()
        .satisfies(place -> assertThat(place.node()).isEqualTo(sent.node()));
    assertThat(open.put(leg, sent)).as("legs have numbers of their own").isNull();
    assertThat(open.values().stream().filter(other -> other.prefill() == sent.prefill()))
        .as("one leg of a kind at a time")
        .hasSize(1);
  }

  private void closes(int leg) {
    assertThat(open.remove(leg)).as("closed once").isNotNull();
  }

  private void notes(Fact fact) {
    assertThat(cause)
        .as("a client's leaving counts against nobody")
        .isNotInstanceOfAny(Event.ClientLeft.class, Event.ClientStalled.class);
    switch (fact) {
      case Fact.Broke f -> {
        assertThat(cause).isInstanceOf(Event.LegBroke.class);
        if (f.leg() == Leg.PREFILL && f.node().role() == Role.ANY) {
          faults.lostPrefill(f.node().id());
        }
      }
      case Fact.Silent f -> {
        assertThat(cause).isInstanceOf(Event.Woke.class);
        if (mayAnswer(f.node())) {
          faults.silent(f.node().id(), isPrefilling(f.node()));
        }
      }
      case Fact.HandoffLost _ ->
          assertThat(
                  cause instanceof Event.PrefillAnswered
                      || (cause instanceof Event.Judged judged
                          && (judged.verdict() == Verdict.FAILED
                              || judged.verdict() == Verdict.EMPTY)))
              .as("only what an engine said counts against a pair")
              .isTrue();
      case Fact.HandedOff _, Fact.Answered _ ->
          assertThat(cause).isInstanceOfAny(Event.Judged.class, Event.PrefillAnswered.class);
    }
    engines.learn(fact);
  }

  private boolean isPrefilling(Node node) {
    return open.values().stream()
        .anyMatch(leg -> leg.prefill() && leg.node().id().equals(node.id()));
  }

  private static int legOf(@Nullable Event event) {
    return switch (event) {
      case Event.PrefillAnswered e -> e.leg();
      case Event.Judged e -> e.leg();
      case null, default -> -1;
    };
  }

  // --- the end ---

  private void end(long now, TurnRecord record) {
    assertThat(held).as("every place is given back").isEmpty();
    assertThat(open).as("every leg is over").isEmpty();
    assertThat(bodyDropped).as("the body is dropped").isTrue();
    boolean clients = outcome == Outcome.CLIENT_GONE || outcome == Outcome.CLIENT_SLOW;
    assertThat(answers).as("exactly one answer").isBetween(clients ? 0 : 1, 1);
    boolean blamed =
        outcome == Outcome.CUT
            && !(cause instanceof Event.AnswerEnded ended
                && ended.ending() == Event.Ending.WITH_ERROR);
    assertThat(cuts).as("one word about a cut").isEqualTo(blamed ? 1 : 0);
    if (failure instanceof Failure.TurnTimedOut) {
      assertThat(now - beganNanos)
          .isGreaterThanOrEqualTo(TurnRules.DEFAULT.firstContentWithin().toNanos());
    } else if (outcome == Outcome.REJECTED) {
      assertThat(whoCouldBeAsked()).as("refused without asking").isEmpty();
    } else if ((outcome == Outcome.FAILED || outcome == Outcome.REFUSED) && !everyEngineWould) {
      gaveUp(record);
    } else if (outcome == Outcome.CUT && goesOn && now < goesOnUntil && !everyEngineWould) {
      if (!(cause instanceof Event.NotResumable)) {
        gaveUp(record);
      }
    }
  }

  private List<NodeId> whoCouldBeAsked() {
    return engines.view().cluster().nodes().stream()
        .filter(this::isAble)
        .filter(node -> node.isReady() || node.state() == NodeState.SUSPECT)
        .map(Node::id)
        .toList();
  }

  /**
   * A turn that failed asked everybody it could. Before its tries are used up, it only stops when
   * every node that is ready and can answer alone has failed by itself, so that asking it again is
   * all that remains, and that it did once. Of four tries at most two are spent on prefills and
   * handoffs; so with a fit node among those it could ask, at least two other nodes failed.
   */
  private void gaveUp(TurnRecord record) {
    if (ways - waysBeforeCut < TurnRules.MAX_TRIES) {
      assertThat(faults.excused())
          .as("who is ready and did not fail was asked: %s", record)
          .containsAll(
              engines.view().cluster().nodes().stream()
                  .filter(node -> isAble(node) && node.isReady())
                  .map(Node::id)
                  .toList());
    }
    List<NodeId> fit = engines.fit.stream().filter(this::isAble).toList();
    if (!fit.isEmpty()) {
      assertThat(ways - waysBeforeCut)
          .as("tries, while %s would have answered: %s", fit, record)
          .isEqualTo(4);
      planned.removeAll(fit);
      assertThat(planned)
          .as("others tried, while %s would have answered: %s", fit, record)
          .hasSizeGreaterThanOrEqualTo(2);
    }
  }

  private boolean mayAnswer(Node node) {
    return answering.stream().anyMatch(role -> node.role().does(role));
  }

  private boolean isAble(Node node) {
    return mayAnswer(node) && node.connector().decodesAlone();
  }

  private boolean isAble(NodeId id) {
    Node node = engines.view().cluster().node(id);
    return node != null && isAble(node);
  }
}
