package io.turnpike.admission;

import io.turnpike.caller.Caller;
import io.turnpike.error.ApiError;
import java.util.concurrent.ScheduledExecutorService;

/** A turn at the door. It hears once, on its loop: it is admitted, or refused. */
public interface Visitor {

  /** Whose turn it is. */
  Caller caller();

  /** The loop that it lives on. */
  ScheduledExecutorService loop();

  /** It may go in. */
  void admitted(Permit permit);

  /** It may not. */
  void refused(ApiError error);
}
