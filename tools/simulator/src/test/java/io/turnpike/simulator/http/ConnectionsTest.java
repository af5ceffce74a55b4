package io.turnpike.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which connections a server that is to leave closes, and when it is alone. */
class ConnectionsTest {

  private final Connections connections = new Connections();

  @Test
  void aServerWithoutClients_isGoneAtOnce() {
    assertThat(connections.leave()).isCompleted();
  }

  @Test
  void idleConnections_areClosed() {
    EmbeddedChannel idle = opened();
    CompletableFuture<Void> gone = connections.leave();
    assertThat(idle.isOpen()).isFalse();
    assertThat(gone).isCompleted();
  }

  @Test
  void aBusyOne_isClosedWithItsAnswer() {
    EmbeddedChannel busy = opened();
    connections.asked(busy);
    CompletableFuture<Void> gone = connections.leave();
    assertThat(busy.isOpen()).isTrue();
    assertThat(gone).isNotDone();
    connections.answered(busy);
    assertThat(busy.isOpen()).isFalse();
    assertThat(gone).isCompleted();
  }

  @Test
  void aBusyOneThatGetsNoAnswer_isWaitedFor() {
    EmbeddedChannel silent = opened();
    connections.asked(silent);
    CompletableFuture<Void> gone = connections.leave();
    assertThat(gone).isNotDone();
    var _ = silent.close();
    assertThat(gone).isCompleted();
  }

  @Test
  void anAnswerBefore_closesNothing() {
    EmbeddedChannel busy = opened();
    connections.asked(busy);
    connections.answered(busy);
    assertThat(busy.isOpen()).isTrue();
  }

  @Test
  void anEndAtOnce_closesAll() {
    EmbeddedChannel busy = opened();
    EmbeddedChannel idle = opened();
    connections.asked(busy);
    connections.closeAll();
    assertThat(busy.isOpen()).isFalse();
    assertThat(idle.isOpen()).isFalse();
  }

  private EmbeddedChannel opened() {
    EmbeddedChannel channel = new EmbeddedChannel();
    connections.opened(channel);
    return channel;
  }
}
