package io.turnpike.conversation;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import org.jspecify.annotations.Nullable;

/**
 * A session key that a client sent, hashed with tenant, model and the place it was found in. Keys
 * are only ever compared for equality.
 */
public record ConversationKey(long hi, long lo) {

  /**
   * Hashes a key.
   *
   * @param kind where the value was found, for example {@code header:x-session-id}
   */
  public static ConversationKey of(
      Tenant tenant, @Nullable String model, String kind, String value) {
    HashValue128 hash =
        Hashing.xxh3_128()
            .hashStream()
            .putLong(tenant.hi())
            .putLong(tenant.lo())
            .putBoolean(model != null)
            .putString(model == null ? "" : model)
            .putString(kind)
            .putString(value)
            .get();
    return new ConversationKey(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}
