package io.turnpike.launcher.job;

import io.turnpike.launcher.stack.StackException;
import java.util.function.Consumer;

/** A cluster: a job goes on there without the process that has begun it. */
public interface ClusterBackEnd extends BackEnd {

  @Override
  ClusterJob submit(JobFile job, JobFolder.Entry entry) throws InterruptedException;

  /** Begins a job whose start this process watches over. */
  default ClusterJob begin(JobFile job, JobFolder.Entry entry) throws InterruptedException {
    return submit(job, entry);
  }

  @Override
  default void run(JobFile job, JobFolder.Entry entry, Consumer<String> out)
      throws InterruptedException {
    entry.watchedByUs();
    ClusterJob running = begin(job, entry);
    try {
      out.accept("job " + entry.id());
      running.awaitUp(out);
      entry.up();
      String url = running.status().url();
      out.accept("Up: " + (url.isEmpty() ? "its workers" : url) + "    Ctrl-C stops it.");
      throw running.untilLost(out);
    } finally {
      running.stop(out);
      entry.over();
    }
  }

  /**
   * Watches over the start of a job that was submitted: returns when it is up, and takes all of it
   * away when it will not be, or not in time. An interrupt takes nothing away.
   */
  static void awaitStart(ClusterJob running, JobFolder.Entry entry, Consumer<String> out)
      throws InterruptedException {
    try {
      running.awaitUp(out);
    } catch (StackException fault) {
      out.accept("given up: " + fault.text());
      fault.log().forEach(out);
      running.stop(out);
      entry.over();
      return;
    }
    entry.up();
    out.accept("Up.");
  }
}
