package io.turnpike.admission;

import java.util.concurrent.CompletionStage;

/** Buckets that all replicas take from: the port to what they share. Thread-safe. */
interface SharedBuckets {

  /**
   * One of them.
   *
   * @param name whose, and of what
   * @param capacity the most that it has
   * @param perSecond what comes back
   */
  record Shape(String name, long capacity, double perSecond) {}

  /**
   * Takes what was used already; a bucket that is not there yet is full.
   *
   * @param amount used; negative: given back
   * @return what is left, negative in debt; it fails if nobody can tell
   */
  CompletionStage<Long> charge(Shape bucket, long amount);
}
