package io.turnpike.control;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Who may use control endpoints: whoever shows the admin key, or another key that opens them; all
 * while no key is demanded. A web page never may, unless its origin is listed: browsers send what
 * pages ask for with whatever the browser's machine may reach. Immutable.
 */
public final class ControlGuard {

  private final Bearer admin;
  private final Predicate<String> opens;
  private final Set<String> origins;

  /**
   * @param admin the admin key
   * @param opens whether another secret opens control endpoints as well
   * @param origins of pages that may ask
   */
  public ControlGuard(Bearer admin, Predicate<String> opens, List<String> origins) {
    this.admin = admin;
    this.opens = opens;
    this.origins = Set.copyOf(origins);
  }

  /**
   * Lets a request pass.
   *
   * @throws GatewayException 401 or 403 otherwise
   */
  public void check(ServerRequest request) {
    String origin = request.headers().firstHeader(HttpHeaders.ORIGIN);
    if (origin != null && !origins.contains(origin) && !origins.contains("*")) {
      throw ApiError.originNotAllowed(origin).toException();
    }
    if (admin.isDemanded() && !isOpenedBy(request.headers().header(HttpHeaders.AUTHORIZATION))) {
      throw ApiError.unauthorized("the admin key").toException();
    }
  }

  private boolean isOpenedBy(List<String> headers) {
    String secret = headers.size() == 1 ? Bearer.secret(headers.getFirst()) : null;
    return secret != null && (admin.matches(secret) || opens.test(secret));
  }
}
