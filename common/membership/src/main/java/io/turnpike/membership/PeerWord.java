package io.turnpike.membership;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one registry tells another: every node it knows of, and which were removed. Times are the
 * reader's own; on the wire they are ages, because clocks differ.
 *
 * @param registry who says so: another name for each start of a registry
 * @param complete whether it believes that it knows all nodes there are
 * @param nodes what it knows
 * @param removed nodes that somebody removed, and when
 */
public record PeerWord(
    String registry, boolean complete, List<Known> nodes, Map<NodeId, Instant> removed) {

  public PeerWord {
    nodes = List.copyOf(nodes);
    removed = Map.copyOf(removed);
  }

  /**
   * One node.
   *
   * @param registration how it came to be known
   * @param epoch which life it is in
   * @param heardBy the registry that heard it itself
   * @param heardAt when that was
   * @param registeredAt when this registration was made
   * @param drain whether an operator took it out, and when that was said
   */
  public record Known(
      Registration registration,
      Epoch epoch,
      String heardBy,
      Instant heardAt,
      Instant registeredAt,
      Drain drain) {

    NodeId id() {
      return registration.spec().id();
    }
  }

  /**
   * An operator's word.
   *
   * @param drained whether the node is taken out
   * @param at when that was said, null if nobody knows; the later word holds
   */
  public record Drain(boolean drained, @Nullable Instant at) {

    /** What it may take from one registry to the other. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

    static final Drain NEVER = new Drain(false, null);

    /** Which of the two holds: a word that only travelled is not a later one. */
    Drain or(Drain told) {
      if (told.at == null) {
        return this;
      }
      Duration doubt = told.drained == drained ? ON_THE_WAY : Duration.ZERO;
      return at == null || told.at.isAfter(at.plus(doubt)) ? told : this;
    }
  }
}
