package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import io.turnpike.cost.Engines;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import io.turnpike.routing.ReplicaPolicy;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts;
import io.turnpike.routing.TurnFacts.Holder;
import io.turnpike.turn.Event.IfCut;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Turns over engines that fail in every way there is, come and go, and clients that leave: after
 * every event the promises of {@link TurnAudit} hold. Time is that of the next event. A failing
 * property names its seed; it then becomes one of the fixed ones.
 */
class TurnSimulationTest {

  private static final int TURNS = 40;

  @Property(tries = 2_600, shrinking = ShrinkingMode.OFF)
  void everyPromiseHolds(@ForAll long seed) {
    new Simulation(seed).run();
  }

  @ParameterizedTest
  @ValueSource(longs = {-9_438, 9, 34_670})
  void everyPromiseHolds_whereItOnceDidNot(long seed) {
    new Simulation(seed).run();
  }

  @ParameterizedTest
  @ValueSource(longs = 20_261_121)
  void simulation_reachesEveryOutcome(long seed) {
    Map<Outcome, Integer> reached = new EnumMap<>(Outcome.class);
    int[] resumed = new int[TurnRules.MAX_RESUMES + 1];
    for (int i = 0; i < 50; i++) {
      Simulation simulation = new Simulation(seed + i);
      simulation.run().forEach((how, many) -> reached.merge(how, many, Integer::sum));
      simulation.turns.stream()
          .filter(turn -> turn.audit.outcome == Outcome.ANSWERED)
          .forEach(turn -> resumed[turn.audit.resumed]++);
    }
    assertThat(reached).containsOnlyKeys(Outcome.values());
    assertThat(reached.values()).allMatch(many -> many >= 5);
    assertThat(resumed[1]).as("answered after a cut").isGreaterThan(5);
  }

  private static final class Simulation {

    private record Due(long at, long order, Runnable what) {}

    private final PriorityQueue<Due> agenda =
        new PriorityQueue<>(
            (one, other) ->
                one.at != other.at
                    ? Long.compare(one.at, other.at)
                    : Long.compare(one.order, other.order));
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private final List<SimulatedTurn> turns = new ArrayList<>();
    private final Random random;
    private final SimulatedEngines engines;
    private long now;
    private long order;

    Simulation(long seed) {
      random = new Random(seed);
      engines = new SimulatedEngines(random, () -> now);
    }

    Map<Outcome, Integer> run() {
      for (int i = 0; i < TURNS; i++) {
        after(60 * random.nextDouble(), () -> turns.add(new SimulatedTurn()));
        after(150 * random.nextDouble(), this::somethingChanges);
      }
      while (!agenda.isEmpty()) {
        Due next = agenda.poll();
        now = next.at;
        next.what.run();
      }
      assertThat(turns).hasSize(TURNS).allMatch(turn -> turn.audit.outcome != null);
      turns.forEach(
          turn -> outcomes.merge(Objects.requireNonNull(turn.audit.outcome), 1, Integer::sum));
      assertThat(engines.isIdle()).as("no node has a load when all is over").isTrue();
      return outcomes;
    }

    private void after(double seconds, Runnable what) {
      agenda.add(new Due(now + (long) (seconds * 1e9), order++, what));
    }

    private void somethingChanges() {
      NodeId id = engines.ids.get(random.nextInt(engines.ids.size()));
      if (engines.change(id)) {
        after(random.nextDouble(), () -> turns.forEach(turn -> turn.on(new Event.NodeLost(id))));
      }
    }

    /** Drives one machine: does what it says, and tells it what comes of that. */
    private final class SimulatedTurn {

      private final @Nullable Mode mode = drawn();
      private final TurnMachine machine =
          new TurnMachine(policy(), TurnRules.DEFAULT, engines, random, now);
      final TurnAudit audit = new TurnAudit(engines, answering(), now);
      private long lastSign = now;

      SimulatedTurn() {
        if (random.nextInt(20) > 0) {
          double lookup = random.nextInt(20) == 0 ? 130 : 0.05;
          IfCut ifCut = random.nextBoolean() ? IfCut.GO_ON : IfCut.TELL;
          after(lookup * random.nextDouble(), () -> on(new Event.Recognised(facts(), ifCut)));
        }
        if (random.nextInt(6) == 0) {
          Event leaves = random.nextBoolean() ? new Event.ClientLeft() : new Event.ClientStalled();
          after(20 * random.nextDouble() * random.nextDouble(), () -> on(leaves));
        }
        wakeWhenDue();
      }

      /** How a proxy decides; null: a turn of the replication service. */
      private @Nullable Mode drawn() {
        return switch (random.nextInt(4)) {
          case 0 -> Mode.PD;
          case 1 -> Mode.PPD;
          case 2 -> Mode.ADAPTIVE;
          default -> null;
        };
      }

      private RoutingPolicy policy() {
        CostBook costs = random.nextBoolean() ? CostBook.EMPTY : _ -> Engines.READING;
        return mode == null
            ? new ReplicaPolicy()
            : RoutingPolicy.of(mode, costs, new AnswerLengths());
      }

      private Set<Role> answering() {
        if (mode == null) {
          return Set.of(Role.REPLICA);
        }
        return mode == Mode.ADAPTIVE ? Set.of(Role.DECODE, Role.REPLICA) : Set.of(Role.DECODE);
      }

      private TurnFacts facts() {
        NodeId id = engines.ids.get(random.nextInt(engines.ids.size()));
        int number = 1 + random.nextInt(3);
        Holder holder =
            random.nextBoolean()
                ? new Holder(id, new Epoch(random.nextInt(4) > 0 ? "1" : "0"))
                : null;
        long prompt = random.nextInt(random.nextInt(5) == 0 ? 30_000 : 2_000);
        return new TurnFacts(
            random.nextBoolean() ? "m" : null,
            number,
            holder,
            prompt,
            random.nextInt(2_000),
            random.nextInt(3_000) - 1,
            random.nextInt(10) == 0,
            random.nextInt(4) == 0 ? random.nextLong() : null);
      }

      void on(Event event) {
        if (audit.outcome != null) {
          assertThat(machine.on(event, now)).as("nothing comes after the end").isEmpty();
          return;
        }
        audit.happens(event, now);
        List<Effect> effects = machine.on(event, now);
        audit.says(effects, machine, now);
        effects.forEach(this::does);
        wakeWhenDue();
      }

      private void wakeWhenDue() {
        if (audit.outcome == null) {
          long due = machine.dueNanos();
          agenda.add(new Due(due, order++, () -> wake(due)));
        }
      }

      private void wake(long due) {
        if (audit.outcome == null && machine.dueNanos() == due) {
          on(new Event.Woke(lastSign));
        }
      }

      private void does(Effect effect) {
        switch (effect) {
          case Effect.SendPrefill e -> {
            engines.tries(e.prefill(), e.decode());
            comes(e.prefill().id(), engines.prefill(e.leg(), e.prefill().id()));
          }
          case Effect.SendDecode e ->
              comes(e.node().id(), engines.answer(e.leg(), e.node().id(), e.from() != null));
          case Effect.AskTokens e -> comes(e.node().id(), engines.tokens(e.leg(), e.node().id()));
          case Effect.Pass e ->
              passes(e.leg(), Objects.requireNonNull(machine.record().decision()));
          case Effect.GoOn e -> passes(e.leg(), e.way());
          default -> {}
        }
      }

      /** What comes of a leg comes also when the leg was closed meanwhile. */
      private void comes(NodeId node, Event event) {
        double delay = engines.delay(node);
        if (delay >= 0) {
          after(delay, () -> on(event));
        }
      }

      private void passes(int leg, RouteDecision way) {
        NodeId node = Objects.requireNonNull(way.answering()).id();
        lastSign = now;
        double delay = engines.delay(node);
        if (delay >= 0) {
          after(delay, () -> on(engines.end(leg, node)));
        } else if (random.nextBoolean()) {
          goesOn(leg);
        }
      }

      /** An answer without an end: only the turn's deadline stops it. */
      private void goesOn(int leg) {
        after(
            60,
            () -> {
              lastSign = now;
              if (audit.outcome == null) {
                goesOn(leg);
              }
            });
      }
    }
  }
}
