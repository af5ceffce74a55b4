package io.turnpike.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/** Whether a client takes what waits for it. Costs nothing a write: it looks at the buffer. */
final class OutputProgress {

  private final Channel channel;
  private int current;
  private long progress;
  private long sinceNanos;
  private boolean waited;

  OutputProgress(Channel channel) {
    this.channel = channel;
  }

  /** Whether bytes wait for the client. */
  boolean waits() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    boolean waits = buffer != null && buffer.totalPendingWriteBytes() > 0;
    if (!waits) {
      waited = false;
    }
    return waits;
  }

  /** Whether none of the bytes that wait has been taken for that long, at the last few looks. */
  boolean isStalled(long nowNanos, Duration patience) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    if (buffer == null) {
      return false;
    }
    int first = System.identityHashCode(buffer.current());
    long taken = buffer.currentProgress();
    if (!waited || first != current || taken != progress) {
      waited = true;
      current = first;
      progress = taken;
      sinceNanos = nowNanos;
    }
    return nowNanos - sinceNanos >= patience.toNanos();
  }
}
