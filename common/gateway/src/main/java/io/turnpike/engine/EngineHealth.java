package io.turnpike.engine;

import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Progress;
import io.turnpike.turn.Repute;
import io.turnpike.turn.Repute.Lesson;
import io.turnpike.turn.SuspendedPair;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which engines turns of this gateway may use: their {@link Repute}, said in the log where it is
 * news, and what the engines' build allows. Thread-safe.
 */
public final class EngineHealth implements Usability {

  private static final Logger LOG = LoggerFactory.getLogger(EngineHealth.class);

  private final boolean patchedP2p;
  private final Repute repute;

  /**
   * @param patchedP2p whether p2p-nccl decode engines carry the patch that lets them serve a prompt
   *     alone; stock ones die of it
   * @param ticker nanoseconds
   */
  public EngineHealth(boolean patchedP2p, LongSupplier ticker) {
    this.patchedP2p = patchedP2p;
    this.repute = new Repute(ticker);
  }

  @Override
  public boolean node(Node node) {
    return repute.node(node);
  }

  @Override
  public boolean lastResort(Node node) {
    return repute.lastResort(node);
  }

  @Override
  public boolean lastResort(Node prefill, Node decode) {
    return repute.lastResort(prefill, decode);
  }

  @Override
  public boolean pair(Node prefill, Node decode) {
    return repute.pair(prefill, decode);
  }

  @Override
  public boolean alone(Node decode) {
    return patchedP2p || decode.connector().decodesAlone();
  }

  /** A turn tries a handoff between the two. */
  public void tries(Node prefill, Node decode) {
    repute.tries(prefill, decode);
  }

  /** Learns something; says whether the registry should ask the node at once. */
  public boolean learn(Fact fact) {
    Lesson lesson = repute.learn(fact);
    switch (fact) {
      case Fact.HandoffLost(Node prefill, Node decode) when lesson == Lesson.PAIR_SUSPENDED ->
          LOG.atWarn()
              .addKeyValue("prefill", prefill.id())
              .addKeyValue("decode", decode.id())
              .log("pair suspended: its handoffs fail; one turn tries it after a pause");
      case Fact.HandedOff(Node prefill, Node decode) when lesson == Lesson.PAIR_RESTORED ->
          LOG.atInfo()
              .addKeyValue("prefill", prefill.id())
              .addKeyValue("decode", decode.id())
              .log("pair hands over again");
      case Fact.HandoffLost _, Fact.HandedOff _, Fact.Answered _, Fact.Broke _, Fact.Silent _ -> {}
    }
    return lesson == Lesson.ASK_REGISTRY;
  }

  /** How far a node has come with what it was asked; null: it has answered nobody yet. */
  public @Nullable Progress progress(NodeId node) {
    return repute.progress(node);
  }

  /** Forgets nodes that left and lives that ended; called when the table of nodes changed. */
  public void keepOnly(Set<NodeId> present, Set<Epoch> epochs) {
    repute.keepOnly(present, epochs);
  }

  /** Pairs that are left alone at the moment. */
  public List<SuspendedPair> suspendedPairs() {
    return repute.suspendedPairs();
  }
}
