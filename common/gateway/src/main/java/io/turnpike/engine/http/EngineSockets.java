package io.turnpike.engine.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.function.Function;

/**
 * How connections are made.
 *
 * @param channel a new TCP channel that fits a loop (epoll's or NIO's)
 * @param resolver finds addresses without blocking the loop
 */
public record EngineSockets(
    Function<EventLoop, Channel> channel, AddressResolverGroup<InetSocketAddress> resolver) {}
