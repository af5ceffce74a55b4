package io.turnpike.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * The one check of a key that comes as {@code Authorization: Bearer KEY}. It takes the same time
 * for every wrong key of a length. Immutable.
 */
public final class Bearer {

  private static final String SCHEME = "Bearer ";

  private final String keyName;
  private final byte[] key;

  private Bearer(String keyName, @Nullable String key) {
    this.keyName = keyName;
    this.key = key == null ? new byte[0] : key.strip().getBytes(UTF_8);
  }

  /**
   * Of control endpoints and of writes to the registry.
   *
   * @param key null or blank: nothing is demanded
   */
  public static Bearer adminKey(@Nullable String key) {
    return new Bearer("the admin key", key);
  }

  /** Whether a key is demanded at all. */
  public boolean isDemanded() {
    return key.length > 0;
  }

  /**
   * Lets a request pass that shows the key, or any if none is demanded.
   *
   * @throws GatewayException 401 otherwise
   */
  public void check(ServerRequest request) {
    if (isDemanded() && !isShown(request.headers().header(HttpHeaders.AUTHORIZATION))) {
      throw ApiError.unauthorized(keyName).toException();
    }
  }

  /** Whether a secret is this key; a key that is not demanded is nobody's. */
  public boolean matches(String secret) {
    return isDemanded() && MessageDigest.isEqual(secret.getBytes(UTF_8), key);
  }

  private boolean isShown(List<String> headers) {
    String secret = headers.size() == 1 ? secret(headers.getFirst()) : null; // two headers are none
    return secret != null && matches(secret);
  }

  /**
   * What a header {@code Authorization: Bearer SECRET} shows, or null. The scheme's name is not
   * case-sensitive (RFC 9110, 11.1).
   */
  public static @Nullable String secret(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length())
        : null;
  }
}
