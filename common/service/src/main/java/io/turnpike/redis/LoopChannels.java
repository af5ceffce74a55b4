package io.turnpike.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All channels on borrowed loops, so that none is open when these end: a client that is shut down
 * closes its connections, but not one that is just being made, and that would keep its buffer.
 */
final class LoopChannels implements NettyCustomizer {

  private final NettyCustomizer given;
  private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

  /**
   * @param given what is done with channels besides
   */
  LoopChannels(NettyCustomizer given) {
    this.given = given;
  }

  @Override
  public void afterBootstrapInitialized(Bootstrap bootstrap) {
    given.afterBootstrapInitialized(bootstrap);
  }

  @Override
  public void afterChannelInitialized(Channel channel) {
    open.add(channel);
    given.afterChannelInitialized(channel);
  }

  /** Closes those that are open, and at once those still to come. */
  CompletableFuture<@Nullable Void> close() {
    CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
    var _ = open.close().addListener(_ -> closed.complete(null));
    return closed;
  }
}
