package io.turnpike.registry.kubernetes;

import io.turnpike.membership.Registration;

/** What a pod is to the registry, as {@link PodRules} see it. */
sealed interface Pod {

  /** Its own for as long as it lives; a pod that comes after it under its name has another. */
  String uid();

  /** An engine that has an address. */
  record Engine(String uid, Registration registration) implements Pod {}

  /**
   * Not, not yet or no more an engine.
   *
   * @param mistake one line for people if it seems to be meant as one; else empty
   */
  record Other(String uid, String mistake) implements Pod {}
}
