package io.turnpike.launcher.job;

import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job that was begun, and what can be done with it. {@code out} gets lines for people; a fault is
 * a {@link StackException} with what failed and the log lines that explain it.
 */
public interface RunningJob {

  /** How long turns under way on a worker that goes may take, where nothing else is said. */
  Duration DRAIN = Duration.ofMinutes(2);

  /** How it is now. */
  JobStatus status() throws InterruptedException;

  /** Hands log lines on. */
  void logs(LogRequest request, Consumer<String> out) throws InterruptedException;

  /** Brings a group to that many workers; those that go are drained first. */
  void scale(Role role, int replicas, Consumer<String> out) throws InterruptedException;

  /** Drains one worker, ends it and starts it again. */
  void restart(String worker, Consumer<String> out) throws InterruptedException;

  /** Drains and ends everything; returns when nothing is left. */
  void stop(Consumer<String> out) throws InterruptedException;

  /**
   * Which log lines.
   *
   * @param process whose; null: what is said of the whole
   * @param lines how many from the end
   * @param follow whether to go on with what comes, until this thread is interrupted
   */
  record LogRequest(@Nullable String process, int lines, boolean follow) {}
}
