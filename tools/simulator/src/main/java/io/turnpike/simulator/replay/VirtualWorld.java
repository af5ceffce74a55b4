package io.turnpike.simulator.replay;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.routing.RoutingView;
import io.turnpike.turn.InflightLoad;
import io.turnpike.turn.Progress;
import io.turnpike.turn.Repute;
import io.turnpike.turn.TurnWorld;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the gateway knows: the registry's table, its own reservations, what turns taught it. */
final class VirtualWorld implements TurnWorld {

  private final List<VirtualEngine> engines;
  private final Map<NodeId, VirtualEngine> byId = new HashMap<>();
  private final List<Node> table = new ArrayList<>();
  private final Repute repute;
  private final AnswerLengths answers = new AnswerLengths();
  private final InflightLoad load;
  private RoutingView view;

  VirtualWorld(List<VirtualEngine> engines, LongSupplier clock) {
    this.engines = engines;
    repute = new Repute(clock);
    load = new InflightLoad(answers, clock);
    for (VirtualEngine engine : engines) {
      Node node = engine.node(NodeState.READY);
      table.add(node);
      byId.put(node.id(), engine);
    }
    view = newView();
  }

  private RoutingView newView() {
    return new RoutingView(Cluster.of(table), load, repute);
  }

  /** The registry lists an engine so from now on, in the life that it has. */
  void list(VirtualEngine engine, NodeState state) {
    table.set(engine.index, engine.node(state));
    view = newView();
  }

  VirtualEngine engine(NodeId id) {
    VirtualEngine engine = byId.get(id);
    if (engine == null) {
      throw new IllegalStateException("no engine " + id);
    }
    return engine;
  }

  List<VirtualEngine> engines() {
    return engines;
  }

  InflightLoad load() {
    return load;
  }

  AnswerLengths answers() {
    return answers;
  }

  Repute repute() {
    return repute;
  }

  @Override
  public RoutingView view() {
    return view;
  }

  @Override
  public long waitingTokens(NodeId node) {
    return load.waitingTokens(node);
  }

  @Override
  public @Nullable Progress progress(NodeId node) {
    return repute.progress(node);
  }

  /** It answers the registry's probes; what it sends others follows from that. */
  @Override
  public boolean showsLife(Node node) {
    Node present = view.cluster().node(node.id());
    return present != null && present.isReady() && present.epoch().equals(node.epoch());
  }
}
