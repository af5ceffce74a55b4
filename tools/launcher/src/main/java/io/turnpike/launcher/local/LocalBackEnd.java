package io.turnpike.launcher.local;

import io.turnpike.launcher.job.BackEnd;
import io.turnpike.launcher.job.Findings;
import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobProgress;
import io.turnpike.launcher.job.JobRender;
import io.turnpike.launcher.job.JobWatch;
import io.turnpike.launcher.job.LocalJob;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.job.Watchers;
import io.turnpike.launcher.process.Ports;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** This machine: the process that runs a job watches over it. */
public final class LocalBackEnd implements BackEnd {

  /** A third of the registry's lease. */
  private static final Duration BEAT = Duration.ofSeconds(5);

  private static final Duration LAST_WORK = Duration.ofSeconds(10);

  private final Installation installation;
  private final Watchers watchers;

  /**
   * This machine.
   *
   * @param watchers start this very program
   */
  public LocalBackEnd(Installation installation, Watchers watchers) {
    this.installation = installation;
    this.watchers = watchers;
  }

  @Override
  public String word() {
    return JobFile.LOCAL;
  }

  @Override
  public void check(JobFile job, Findings findings) {
    JobCheck.checkFolder(job, findings); // What else is missing here is said at the start.
  }

  @Override
  public List<String> render(JobFile job, JobFolder.Entry entry) {
    return JobRender.lines(settle(job, entry));
  }

  private LocalJob settle(JobFile job, JobFolder.Entry entry) {
    return new LocalJob(job, installation, entry.state(), Ports::isFree);
  }

  /** A process in the background runs it. */
  @Override
  public RunningJob submit(JobFile job, JobFolder.Entry entry) {
    String file = job.file().toAbsolutePath().toString();
    List<String> words = List.of("job", "run", file, "--backend", word(), "--id", entry.id());
    watchers.start(entry, words, Map.of());
    return find(entry);
  }

  @Override
  public RunningJob find(JobFolder.Entry entry) {
    return new LocalRunningJob(entry);
  }

  @Override
  public void run(JobFile job, JobFolder.Entry entry, Consumer<String> out)
      throws InterruptedException {
    entry.watchedByUs();
    LocalJob local = settle(job, entry);
    out.accept("job " + entry.id() + ", logs in " + entry.state().logs());
    try {
      JobProgress progress = new JobProgress(System::nanoTime, out);
      Stack stack = Stack.start(local, entry.state(), progress);
      progress.done();
      entry.up();
      out.accept("Up: " + local.gateway() + "    Ctrl-C stops it.");
      throw watch(stack, local, entry, out);
    } finally {
      Stack.stop(entry.state());
      out.accept("Stopped; nothing is left running.");
    }
  }

  private static StackException watch(
      Stack stack, LocalJob local, JobFolder.Entry entry, Consumer<String> out)
      throws InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient();
        Service service = new Service(Executors.newScheduledThreadPool(2))) {
      LocalOrders orders = LocalOrders.of(stack, local, http);
      service.executor.execute(service.quietly(() -> LocalRunningJob.orders(entry).serve(orders)));
      var _ =
          service.executor.scheduleAtFixedRate(
              service.quietly(orders::beat), BEAT.toSeconds(), BEAT.toSeconds(), TimeUnit.SECONDS);
      return new JobWatch(stack, local.job().restarts(), out).untilLost();
    }
  }

  /**
   * What goes on beside the watch, and ends with it.
   *
   * @param executor two threads
   */
  private record Service(ScheduledExecutorService executor) implements AutoCloseable {

    /** What an interrupt may end. */
    @FunctionalInterface
    private interface Work {
      void act() throws InterruptedException;
    }

    private Runnable quietly(Work work) {
      return () -> {
        try {
          work.act();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      };
    }

    /** What is under way ends before all is ended, or it would start what nobody ends. */
    @Override
    public void close() {
      executor.shutdownNow();
      try {
        boolean _ = executor.awaitTermination(LAST_WORK.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
