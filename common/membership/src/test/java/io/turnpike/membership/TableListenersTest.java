package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class TableListenersTest {

  private final TableListeners listeners = new TableListeners();
  private final List<Cluster> heard = new ArrayList<>();

  @Test
  void tell_reachesEveryone_alsoBehindOneThatFails() {
    listeners.add(
        _ -> {
          throw new IllegalStateException("on purpose");
        });
    listeners.add(heard::add);
    listeners.tell(Cluster.EMPTY);
    listeners.tell(Cluster.EMPTY);
    assertThat(heard).hasSize(2);
  }

  @Test
  void dispose_endsOneListening_notItsTwin() {
    Consumer<Cluster> listener = heard::add;
    Disposable first = listeners.add(listener);
    listeners.add(listener);
    first.dispose();
    first.dispose();
    listeners.tell(Cluster.EMPTY);
    assertThat(heard).hasSize(1);
    assertThat(first.isDisposed()).isTrue();
  }
}
