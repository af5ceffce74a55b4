package io.turnpike.launcher.job;

import io.turnpike.launcher.stack.StackException;
import java.util.function.Consumer;

/** A job on a cluster, which somebody may watch from here. */
public interface ClusterJob extends RunningJob {

  /** Returns when all of it can be used, and says how each worker gets on until then. */
  void awaitUp(Consumer<String> out) throws InterruptedException;

  /** Returns when the job is lost, with what was its end; says which workers end and return. */
  StackException untilLost(Consumer<String> out) throws InterruptedException;
}
