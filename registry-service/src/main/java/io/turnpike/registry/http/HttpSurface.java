package io.turnpike.registry.http;

import io.turnpike.control.ErrorAnswers;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.registry.address.AllowedAddresses;
import io.turnpike.registry.peer.PeerExchange;
import java.time.Duration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebExceptionHandler;

/** The HTTP surface as the registry's configuration puts it together. */
public final class HttpSurface {

  private HttpSurface() {}

  /**
   * What the routes show.
   *
   * @param driver the table
   * @param feed those who watch it
   * @param peers the other registries
   */
  public record Parts(MembershipDriver driver, WatchFeed feed, PeerExchange peers) {}

  /** All routes. */
  public static RouterFunction<ServerResponse> routes(
      Parts parts, AllowedAddresses allowed, String adminKey, Duration lease) {
    return new NodeRoutes(parts, new WriteGuard(adminKey), new RegistrationBody(allowed), lease)
        .routes();
  }

  /** What turns faults into error bodies. */
  public static WebExceptionHandler errors() {
    return new ErrorAnswers();
  }
}
