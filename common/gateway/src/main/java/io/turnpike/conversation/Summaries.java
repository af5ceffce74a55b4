package io.turnpike.conversation;

import io.turnpike.conversation.ConversationStore.Summary;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gathers the placements of many turns into conversations. Not thread-safe. */
final class Summaries {

  private final Map<Long, Summary> byConversation = new HashMap<>();

  void add(Placement placement) {
    byConversation.merge(placement.conversation(), Summary.of(placement), Summaries::later);
  }

  int count() {
    return byConversation.size();
  }

  List<Summary> latest(int limit) {
    return latest(byConversation.values(), limit);
  }

  static List<Summary> latest(Collection<Summary> all, int limit) {
    return all.stream()
        .sorted(Comparator.comparing(Summary::lastAccess).reversed())
        .limit(limit)
        .toList();
  }

  private static Summary later(Summary a, Summary b) {
    return new Summary(
        a.key(),
        Math.max(a.turns(), b.turns()),
        a.lastAccess().isAfter(b.lastAccess()) ? a.lastAccess() : b.lastAccess());
  }
}
