package io.turnpike.simulator.http;

import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of a server, and which of them are being answered. Told to leave, it closes them
 * as uvicorn does: idle ones at once, the others when they have their answer. Thread-safe.
 */
final class Connections {

  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final Set<Channel> busy = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private volatile boolean leaving;

  void opened(Channel channel) {
    open.add(channel);
    channel
        .closeFuture()
        .addListener(
            closed -> {
              open.remove(channel);
              busy.remove(channel);
              checkGone();
            });
  }

  void asked(Channel channel) {
    busy.add(channel);
  }

  void answered(Channel channel) {
    busy.remove(channel);
    if (leaving) {
      close(channel);
    }
  }

  /** Completes when the last one is closed; a client without an answer closes it itself. */
  CompletableFuture<Void> leave() {
    leaving = true;
    open.stream().filter(channel -> !busy.contains(channel)).forEach(Connections::close);
    checkGone();
    return gone;
  }

  void closeAll() {
    open.forEach(Connections::close);
  }

  private static void close(Channel channel) {
    var _ = channel.close();
  }

  private void checkGone() {
    if (leaving && open.isEmpty()) {
      gone.complete(null);
    }
  }
}
