package io.turnpike.caller;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Callers by the SHA-256 of their secrets. A secret that comes is hashed, and the whole hash is
 * compared in constant time; what time the way there takes tells at most of the hash's first bytes,
 * and a hash tells nothing of a secret that was drawn. Immutable.
 */
final class KeyTable {

  static final int HASH_BYTES = 32;

  @SuppressWarnings("ArrayRecordComponent") // compared in constant time, and by nothing else
  private record Entry(byte[] hash, Caller caller) {}

  private final Map<Long, List<Entry>> entries = new HashMap<>();

  void add(byte[] hash, Caller caller) {
    entries.computeIfAbsent(head(hash), same -> new ArrayList<>(1)).add(new Entry(hash, caller));
  }

  /** Whose secret it is, or null. */
  @Nullable Caller find(String secret) {
    byte[] hash = hash(secret);
    Caller found = null;
    for (Entry entry : entries.getOrDefault(head(hash), List.of())) {
      found = MessageDigest.isEqual(entry.hash, hash) ? entry.caller : found;
    }
    return found;
  }

  static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static long head(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }
}
