package io.turnpike.registry.http;

import io.turnpike.control.ErrorAnswers;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.registry.address.AllowedAddresses;
import java.time.Duration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebExceptionHandler;

/** The HTTP surface as the registry's configuration puts it together. */
public final class HttpSurface {

  private HttpSurface() {}

  /** All routes. */
  public static RouterFunction<ServerResponse> routes(
      MembershipDriver driver,
      WatchFeed feed,
      AllowedAddresses allowed,
      String adminKey,
      Duration lease) {
    return new NodeRoutes(
            driver, feed, new WriteGuard(adminKey), new RegistrationBody(allowed), lease)
        .routes();
  }

  /** What turns faults into error bodies. */
  public static WebExceptionHandler errors() {
    return new ErrorAnswers();
  }
}
