package io.turnpike.membership;

import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Where a gateway gets its table of nodes from. Safe for use by many threads; no method blocks.
 *
 * <p>A source that lost its own source of truth keeps the last table: routing on old news is better
 * than routing nowhere, and a gateway learns of dead nodes by itself.
 */
public interface ClusterSource extends AutoCloseable {

  /** The latest table; {@link Cluster#EMPTY} until the first is known. One volatile read. */
  Cluster current();

  /**
   * Adds one that hears of every new table, in order, on the thread that brought the news: it must
   * not block, only hand on. It is not told of the table there is; who needs that reads {@link
   * #current} afterwards. A source whose table never changes tells nobody.
   *
   * @return disposed by whoever listens no more; one call may still be under way then
   */
  default Disposable onChange(Consumer<Cluster> listener) {
    return Disposables.disposed();
  }

  /** Why the table may be old or empty, as one sentence for people; null when it is neither. */
  default @Nullable String trouble() {
    return null;
  }

  /**
   * Tells that a node failed a turn, so that it is taken out and asked at once. Best effort: never
   * fails, and equal reports in a short time count as one.
   *
   * @param node who failed
   * @param epoch the life in which it failed; a report about an earlier life is ignored
   * @param what one line for people, for example {@code "decode leg: connection refused"}
   */
  void report(NodeId node, Epoch epoch, String what);

  @Override
  void close();
}
