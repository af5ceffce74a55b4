package io.turnpike.simulator.connector;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** KV that was sent here under a key, and those who wait for it; either may come first. */
final class ArrivedKv {

  /** Keys remembered; the oldest are forgotten. */
  static final int MAX_KEYS = 4_096;

  private final Map<String, CompletableFuture<KvContent>> keys =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(
            Map.Entry<String, CompletableFuture<KvContent>> eldest) {
          return size() > MAX_KEYS;
        }
      };

  void put(String key, KvContent content) {
    CompletableFuture<KvContent> waiting;
    synchronized (keys) {
      waiting = keys.computeIfAbsent(key, k -> new CompletableFuture<>());
    }
    waiting.complete(content);
  }

  /** Completes when the key has come; it is taken out then. */
  CompletableFuture<KvContent> take(String key) {
    CompletableFuture<KvContent> waiting;
    synchronized (keys) {
      waiting = keys.computeIfAbsent(key, k -> new CompletableFuture<>());
    }
    return waiting.whenComplete(
        (content, error) -> {
          synchronized (keys) {
            keys.remove(key);
          }
        });
  }
}
