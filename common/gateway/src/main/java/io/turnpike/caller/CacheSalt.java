package io.turnpike.caller;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes a caller's {@code cache_salt}, by which engines keep prefix caches apart (vLLM puts it into
 * the hash of a prompt's first block): HMAC-SHA256 of the caller's id under a secret, so that no
 * other caller can guess it. One that a client sends itself is mixed in and parts that caller's own
 * cache further. Immutable.
 */
public final class CacheSalt {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final String own;

  /**
   * @param secret known to no caller but this one
   * @param id of the caller
   */
  CacheSalt(byte[] secret, String id) {
    this.key = new SecretKeySpec(hmac(new SecretKeySpec(secret, ALGORITHM), id), ALGORITHM);
    this.own = encoded(hmac(key, ""));
  }

  /**
   * The salt of a turn: 43 letters, digits, {@code -} and {@code _}.
   *
   * @param clients what the client sent, or null
   */
  public String of(@Nullable String clients) {
    return clients == null ? own : encoded(hmac(key, clients));
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
