package io.turnpike.simulator.http;

import java.util.function.Consumer;

/** Hands out faults to requests. */
final class FaultyReplies {

  private final Faults faults;
  private final Consumer<Fault.Kind> engineFault;

  /** {@code engineFault} does what concerns the whole engine. */
  FaultyReplies(Faults faults, Consumer<Fault.Kind> engineFault) {
    this.faults = faults;
    this.engineFault = engineFault;
  }

  /** What goes wrong with the next request to that path. */
  Trouble take(String path) {
    Fault fault = faults.take(path);
    if (fault == null) {
      return Trouble.NONE;
    }
    switch (fault.kind()) {
      case DROP_KV, ENGINE_DEAD, EXIT -> engineFault.accept(fault.kind());
      case REFUSE, HANG, STATUS, SLOW, DIE, ERROR_EVENT -> {}
    }
    return new Trouble(fault);
  }
}
