package io.turnpike.registry.http;

import io.turnpike.control.Bearer;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import io.turnpike.registry.address.AllowedAddresses;
import java.net.InetSocketAddress;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Who may change the table: whoever shows the admin key; while none is configured, programs on this
 * machine, but never a web page (they send {@code Origin}).
 */
final class WriteGuard {

  private final Bearer admin;

  /**
   * @param adminKey empty while none is configured
   */
  WriteGuard(String adminKey) {
    admin = Bearer.adminKey(adminKey);
  }

  /**
   * Lets a write pass.
   *
   * @throws GatewayException 401 or 403 otherwise
   */
  void check(ServerRequest request) {
    if (admin.isDemanded()) {
      admin.check(request);
      return;
    }
    InetSocketAddress peer = request.remoteAddress().orElse(null);
    boolean local =
        peer != null && peer.getAddress() != null && AllowedAddresses.isLoopback(hostAddress(peer));
    if (!local) {
      throw ApiError.forbidden(
              "writes from other hosts need an admin key (expected: turnpike.registry.admin-key"
                  + " set, and sent as Authorization: Bearer)")
          .toException();
    }
    if (request.headers().firstHeader(HttpHeaders.ORIGIN) != null) {
      throw ApiError.forbidden("writes from web pages need an admin key").toException();
    }
  }

  /** Without an IPv6 zone, which no range knows. */
  private static String hostAddress(InetSocketAddress peer) {
    return peer.getAddress().getHostAddress().replaceFirst("%.*$", "");
  }
}
