package io.turnpike.launcher.ray;

import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A job on a Ray cluster: its driver's log says how it is, and orders are Ray jobs of their own.
 */
final class RayJob implements ClusterJob {

  private static final Set<String> OVER = Set.of("STOPPED", "SUCCEEDED", "FAILED");
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration STOP = Duration.ofMinutes(2);

  private static final int SHOWN = 20;

  private final String id;
  private final RayClient client;
  private final JsonNode environment;
  private RayStory story = new RayStory();
  private @Nullable RayLog log;

  /** Lines of this connection. */
  private int heard;

  /** Lines that were said already, over connections before. */
  private int known;

  /**
   * A job that was submitted.
   *
   * @param environment its runtime environment, which its orders share
   */
  RayJob(String id, RayClient client, JsonNode environment) {
    this.id = id;
    this.client = client;
    this.environment = environment;
  }

  @Override
  public void awaitUp(Consumer<String> out) throws InterruptedException {
    while (!story.isUp()) {
      if (!hear(out)) {
        throw lost();
      }
    }
  }

  @Override
  public StackException untilLost(Consumer<String> out) throws InterruptedException {
    while (hear(out)) {
      // It was said.
    }
    return lost();
  }

  /** Hears one line; false when there will be no more. */
  private boolean hear(Consumer<String> out) throws InterruptedException {
    RayLog from = log;
    if (from == null) {
      from = client.follow(id);
      log = from;
      story = new RayStory();
      known = Math.max(known, heard);
      heard = 0;
    }
    String line = from.next();
    if (line == null) {
      from.close();
      log = null;
      if (isOver(client.job(id))) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos()); // The connection was cut; all is heard again.
      return true;
    }
    String said = story.hear(line);
    if (heard++ >= known && said != null) {
      out.accept(said);
    }
    return true;
  }

  private static boolean isOver(@Nullable JsonNode job) {
    return job == null || OVER.contains(job.path("status").asString(""));
  }

  private StackException lost() throws InterruptedException {
    StackException end = story.end();
    if (end != null) {
      return end;
    }
    JsonNode job = client.job(id);
    if (job == null) {
      return new StackException(id + " is not known to Ray any more");
    }
    String status = job.path("status").asString("").toLowerCase(Locale.ROOT);
    List<String> message = job.path("message").asString("").lines().toList();
    return new StackException(
        id + ": Ray says " + status,
        message.subList(Math.max(0, message.size() - SHOWN), message.size()));
  }

  @Override
  public JobStatus status() throws InterruptedException {
    JsonNode job = client.job(id);
    RayStory now = RayStory.of(job == null ? "" : client.log(id));
    boolean runs = !isOver(job);
    Condition running = now.isUp() ? Condition.UP : Condition.STARTING;
    return new JobStatus(
        runs ? running : Condition.ENDED,
        runs ? now.url() : "",
        now.processes(runs),
        JsonMapper.shared().createObjectNode());
  }

  @Override
  public void logs(LogRequest request, Consumer<String> out) throws InterruptedException {
    RayStory now = RayStory.of(client.log(id));
    String process = request.process();
    if (process == null) {
      out.accept("Logs of " + String.join(", ", now.names()));
      driverLog(request, out);
      return;
    }
    String actor = now.actor(process);
    if (actor == null) {
      throw new PlanException(
          "no log '%s' (expected: %s)".formatted(process, Nearest.expected(process, now.names())));
    }
    client.actorLog(actor, request.lines(), request.follow(), out);
  }

  private void driverLog(LogRequest request, Consumer<String> out) throws InterruptedException {
    List<String> so = client.log(id).lines().toList();
    int skipped = Math.max(0, so.size() - request.lines());
    if (!request.follow()) {
      so.subList(skipped, so.size()).forEach(out);
      return;
    }
    try (RayLog following = client.follow(id)) {
      int heard = 0;
      for (String line = following.next(); line != null; line = following.next()) {
        if (heard++ >= skipped) {
          out.accept(line);
        }
      }
    }
  }

  @Override
  public void scale(Role role, int replicas, Consumer<String> out) throws InterruptedException {
    order(List.of("scale", role.word(), Integer.toString(replicas)), out);
  }

  @Override
  public void restart(String worker, Consumer<String> out) throws InterruptedException {
    order(List.of("restart", worker), out);
  }

  /** A dashboard leads to jobs only, so an order is one. */
  private void order(List<String> words, Consumer<String> out) throws InterruptedException {
    JsonNode job = client.job(id);
    if (isOver(job)) {
      throw new StackException(id + " has ended (expected: a job that is up)");
    }
    String order = "%s-order-%x".formatted(id, System.nanoTime());
    List<String> all = new ArrayList<>(List.of("turnpike_order.py", id));
    all.addAll(words);
    client.submit(RayBackEnd.request(order, all, environment));
    String fault = null;
    try (RayLog said = client.follow(order)) {
      for (String line = said.next(); line != null; line = said.next()) {
        if (line.startsWith("turnpike: ")) {
          out.accept(line.substring("turnpike: ".length()));
        } else if (line.startsWith("turnpike! ")) {
          fault = line.substring("turnpike! ".length());
        }
      }
    }
    if (fault != null) {
      throw new StackException(fault);
    }
    requireDone(order);
  }

  private void requireDone(String order) throws InterruptedException {
    JsonNode job = client.job(order);
    while (!isOver(job)) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos()); // Its last line comes before its end.
      job = client.job(order);
    }
    if (job == null || !job.path("status").asString("").equals("SUCCEEDED")) {
      String message = job == null ? "" : job.path("message").asString("");
      throw new StackException("the order was not carried out", message.lines().toList());
    }
  }

  @Override
  public void stop(Consumer<String> out) throws InterruptedException {
    if (isOver(client.job(id))) {
      out.accept("Nothing was running.");
      return;
    }
    client.stop(id);
    long deadline = System.nanoTime() + STOP.toNanos();
    while (!isOver(client.job(id))) {
      if (System.nanoTime() > deadline) {
        throw new StackException(id + " has not ended after " + STOP.toSeconds() + " s");
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
    out.accept("Stopped " + id + ".");
  }
}
