package io.turnpike.launcher.job;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Where jobs run, this machine or a cluster. It is given files without mistakes only. */
public interface BackEnd {

  /** Its name in job files. */
  String word();

  /** What a file asks for that cannot be had there; asks nobody, touches nothing. */
  void check(JobFile job, Findings findings);

  /** What would be started, as lines that can be read or pasted; secrets stand by their names. */
  List<String> render(JobFile job, JobFolder.Entry entry);

  /** Begins a job, and returns when it goes on without us. */
  RunningJob submit(JobFile job, JobFolder.Entry entry) throws InterruptedException;

  /** A job that was submitted before. */
  RunningJob find(JobFolder.Entry entry);

  /**
   * Runs a job to its end, which is an exception: that it was lost, or that this thread was
   * interrupted. Nothing of it is left then.
   *
   * @param out gets lines for people
   */
  void run(JobFile job, JobFolder.Entry entry, Consumer<String> out) throws InterruptedException;

  /** How long {@link #run} may take to leave nothing, when it is interrupted. */
  default Duration toEnd(JobFile job) {
    return Duration.ofSeconds(60);
  }
}
