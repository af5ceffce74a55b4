package io.turnpike.registry.http;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import io.turnpike.registry.address.AllowedAddresses;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Who may change the table: whoever shows the admin token; while none is configured, programs on
 * this machine, but never a web page (they send {@code Origin}).
 */
final class WriteGuard {

  private final String token;

  /**
   * @param token the admin token; empty while none is configured
   */
  WriteGuard(String token) {
    this.token = token;
  }

  /**
   * Lets a write pass.
   *
   * @throws GatewayException 401 or 403 otherwise
   */
  void check(ServerRequest request) {
    if (!token.isEmpty()) {
      checkToken(request);
      return;
    }
    InetSocketAddress peer = request.remoteAddress().orElse(null);
    boolean local =
        peer != null && peer.getAddress() != null && AllowedAddresses.isLoopback(hostAddress(peer));
    if (!local) {
      throw ApiError.forbidden(
              "writes from other hosts need an admin token (expected: turnpike.registry.admin-token"
                  + " set, and sent as Authorization: Bearer)")
          .toException();
    }
    if (request.headers().firstHeader(HttpHeaders.ORIGIN) != null) {
      throw ApiError.forbidden("writes from web pages need an admin token").toException();
    }
  }

  /** Without an IPv6 zone, which no range knows. */
  private static String hostAddress(InetSocketAddress peer) {
    return peer.getAddress().getHostAddress().replaceFirst("%.*$", "");
  }

  private void checkToken(ServerRequest request) {
    String header = request.headers().firstHeader(HttpHeaders.AUTHORIZATION);
    String given = header != null && header.startsWith("Bearer ") ? header.substring(7) : "";
    if (!MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))) {
      throw RegistryErrors.unauthorized(
          "Authorization: missing or wrong (expected: Bearer and the admin token)");
    }
  }
}
