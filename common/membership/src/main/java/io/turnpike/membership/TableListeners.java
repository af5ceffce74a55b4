package io.turnpike.membership;

import io.turnpike.node.Cluster;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** Who hears of new tables. One that fails takes nothing away from the others. Thread-safe. */
final class TableListeners {

  private static final Logger LOG = LoggerFactory.getLogger(TableListeners.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** One call of {@link #add}: the same listener may stand here twice. */
  private static final class Entry {
    final Consumer<Cluster> listener;

    Entry(Consumer<Cluster> listener) {
      this.listener = listener;
    }
  }

  Disposable add(Consumer<Cluster> listener) {
    Entry entry = new Entry(listener);
    entries.add(entry);
    return Disposables.composite(() -> entries.remove(entry));
  }

  void tell(Cluster table) {
    for (Entry entry : entries) {
      try {
        entry.listener.accept(table);
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("A listener failed on a new table");
      }
    }
  }
}
