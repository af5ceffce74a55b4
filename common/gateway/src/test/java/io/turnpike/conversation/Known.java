package io.turnpike.conversation;

import io.turnpike.conversation.ConversationStore.Overview;
import io.turnpike.conversation.ConversationStore.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What a gateway says that it knows. */
final class Known {

  private static final Duration BOUND = Duration.ofSeconds(5);

  private Known() {}

  static int count(Conversations conversations) {
    return overview(conversations, 0).conversations();
  }

  static List<Summary> latest(Conversations conversations, int limit) {
    return overview(conversations, limit).latest();
  }

  private static Overview overview(Conversations conversations, int limit) {
    return Objects.requireNonNull(conversations.overview(limit).block(BOUND));
  }
}
