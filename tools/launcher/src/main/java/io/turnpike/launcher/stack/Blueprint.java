package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.ServicePlan;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a stack is made of; {@link Stack} starts it, watches over it and ends it. */
public interface Blueprint {

  /** What {@code ./turnpike up} makes of a plan. */
  static Blueprint of(Plan plan, Installation installation, StateFolder state) {
    return new Components(plan, installation, state);
  }

  /** The settled plan: names, ports, engines. */
  Plan plan();

  /**
   * All processes, made anew at each call because an engine's id may never come twice. Touches
   * nothing.
   */
  List<Component> components();

  /**
   * Writes the files that processes read at their start.
   *
   * @throws StackException naming a program that is missing
   */
  void prepare();

  /** Every port that must be free before the start, with what it is for. */
  default Map<Integer, String> ports() {
    return plan().ports();
  }

  /** Where clients go; null when there is no gateway. */
  default @Nullable URI gateway() {
    ServicePlan gateway = plan().firstGateway();
    return gateway == null ? null : URI.create("http://127.0.0.1:" + gateway.port());
  }

  /** The key by which the plan's start timeout is known to people. */
  default String timeoutKey() {
    return "start-timeout";
  }
}
