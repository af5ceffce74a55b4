package io.turnpike.membership;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who hears a node, this registry or its peers, and when each heard it last.
 *
 * <p>A peer that answers is believed: it says itself when it hears a node no more. Of a peer that
 * is silent nobody knows what it hears, so its word stays as it was.
 */
final class Hearing {

  private final Map<String, Instant> peers = new HashMap<>();
  private @Nullable Instant here;
  private boolean listed;

  /** This registry heard it. */
  void here(Instant now) {
    here = now;
  }

  /** It stands in this registry's own list, which is as good as hearing it all the time. */
  void listed(Instant now) {
    listed = true;
    here = now;
  }

  /** Whoever vouched for it all the time does so no more. */
  void unlisted() {
    listed = false;
    here = null;
  }

  /** A peer says that it heard it itself. */
  void there(String peer, Instant at) {
    peers.put(peer, at);
  }

  /** A peer does not hear it. */
  void notThere(String peer) {
    peers.remove(peer);
  }

  /** Whether it stands in this registry's own list. */
  boolean isListed() {
    return listed;
  }

  /** When this registry heard it, if that still holds; else null. */
  @Nullable Instant here(Instant now, Duration term) {
    Instant heard = here;
    return heard != null && (listed || heard.plus(term).isAfter(now)) ? heard : null;
  }

  /** The peer that heard it last; null if none did. */
  Map.@Nullable Entry<String, Instant> lastPeer() {
    return peers.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
  }

  /** When anybody heard it last. */
  Instant latest() {
    Instant latest = here == null ? Instant.MIN : here;
    for (Instant heard : peers.values()) {
      latest = heard.isAfter(latest) ? heard : latest;
    }
    return latest;
  }

  /** Whether a peer that answers hears it. */
  boolean isTold(Peers answering, Instant now) {
    return peers.keySet().stream().anyMatch(peer -> answering.answers(peer, now));
  }

  /** Whether only peers heard it that are silent now. */
  boolean isUncertain(Peers answering, Instant now, Duration term) {
    return !peers.isEmpty() && here(now, term) == null && !isTold(answering, now);
  }

  /** When anybody who may still hear it was known to. */
  Instant lastCertain(Peers answering) {
    Instant last = latest();
    for (String peer : peers.keySet()) {
      Instant answered = answering.lastAnswer(peer);
      last = answered.isAfter(last) ? answered : last;
    }
    return last;
  }

  /** Silent peers matter no more once somebody else hears it. */
  void settle(Peers answering, Instant now, Duration term) {
    if (!peers.isEmpty() && !isUncertain(answering, now, term)) {
      peers.keySet().removeIf(peer -> !answering.answers(peer, now));
    }
  }
}
