/**
 * The proxy in front of prefill and decode engines: modes {@code pd} and {@code ppd}, their switch,
 * and the control endpoints. The way of a turn itself is {@link
 * io.turnpike.gateway.GatewayConfiguration}.
 *
 * <p>Starting points: {@link io.turnpike.proxy.ProxyApplication}, {@link
 * io.turnpike.proxy.ModeSwitch}, {@link io.turnpike.proxy.ProxyEndpoints}.
 */
@NullMarked
package io.turnpike.proxy;

import org.jspecify.annotations.NullMarked;
