package io.turnpike.conversation;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import org.jspecify.annotations.Nullable;

/**
 * Who a request is from, as far as conversations care: two tenants never share one. A hash of what
 * names the caller, so that nobody's key is kept. A caller whose token is renewed stays the same
 * tenant only if it is named by the id of a configured key.
 */
public record Tenant(long hi, long lo) {

  /** Everybody who shows nothing. */
  public static final Tenant NOBODY = new Tenant(0, 0);

  /** The holder of a configured key, whatever the key is at the moment. */
  public static Tenant ofKey(String id) {
    return of("key", id);
  }

  /** Whoever sends this {@code Authorization} header; null: nobody. */
  public static Tenant ofAuthorization(@Nullable String header) {
    return header == null || header.isEmpty() ? NOBODY : of("authorization", header);
  }

  private static Tenant of(String kind, String name) {
    HashValue128 hash = Hashing.xxh3_128().hashStream().putString(kind).putString(name).get();
    return new Tenant(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}
