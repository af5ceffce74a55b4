package io.turnpike.simulator.connector;

import java.util.concurrent.atomic.LongAdder;

/** Counters behind the {@code vllm:nixl_*} metrics. Thread-safe. */
public final class HandoffCounters {

  public final LongAdder transfers = new LongAdder();
  public final LongAdder transferredBytes = new LongAdder();
  public final LongAdder transferNanos = new LongAdder();
  public final LongAdder descriptors = new LongAdder();
  public final LongAdder failedTransfers = new LongAdder();
  public final LongAdder failedNotifications = new LongAdder();
  public final LongAdder notificationsAfterExpiry = new LongAdder();
}
