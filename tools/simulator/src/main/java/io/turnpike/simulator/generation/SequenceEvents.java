package io.turnpike.simulator.generation;

import io.turnpike.simulator.wire.ApiError;

/** What a sequence tells the request it belongs to; sequences go by their place in it. */
interface SequenceEvents {

  /** Token {@code token} (from 0) is there. Driver's thread. */
  void onToken(int sequence, int token);

  /** It has all its tokens. Driver's thread. */
  void onFinished(int sequence);

  /** The whole request has failed. Any thread. */
  void fail(ApiError error);
}
