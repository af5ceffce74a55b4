package io.turnpike.launcher.job;

import java.util.function.Consumer;

/** A cluster: a job goes on there without the process that has begun it. */
public interface ClusterBackEnd extends BackEnd {

  @Override
  ClusterJob submit(JobFile job, JobFolder.Entry entry) throws InterruptedException;

  @Override
  default void run(JobFile job, JobFolder.Entry entry, Consumer<String> out)
      throws InterruptedException {
    ClusterJob running = submit(job, entry);
    try {
      out.accept("job " + entry.id());
      running.awaitUp(out);
      String url = running.status().url();
      out.accept("Up: " + (url.isEmpty() ? "its workers" : url) + "    Ctrl-C stops it.");
      throw running.untilLost(out);
    } finally {
      running.stop(out);
      entry.over();
    }
  }
}
