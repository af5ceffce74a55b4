package io.turnpike.simulator.engine;

/** What an engine counts from its start. */
final class Counters {
  long promptTokens;
  long prefixHitTokens;
  long externalTokens;
  long generatedTokens;
  long finished;
  long aborted;
  long preemptions;
  long expiredLeases;
  long steps;
}
