package io.turnpike.registry.zmq;

import io.turnpike.membership.Registration;

/** What one packet means. */
sealed interface Ping {

  /** An engine says that it is there. */
  record Announced(Registration registration) implements Ping {}

  /** The packet is dropped. */
  record Dropped(DropReason reason) implements Ping {}
}
