package io.turnpike.launcher.job;

import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * A job that no cluster has taken: its folder is all that there is of it.
 *
 * @param id the job's
 */
public record NeverSubmitted(String id) implements RunningJob {

  private StackException fault() {
    return new StackException(id + " was never submitted");
  }

  @Override
  public JobStatus status() {
    return new JobStatus(Condition.ENDED, "", List.of(), JsonMapper.shared().createObjectNode());
  }

  @Override
  public void logs(LogRequest request, Consumer<String> out) {
    throw fault();
  }

  @Override
  public void scale(Role role, int replicas, Consumer<String> out) {
    throw fault();
  }

  @Override
  public void restart(String worker, Consumer<String> out) {
    throw fault();
  }

  @Override
  public void stop(Consumer<String> out) {
    out.accept("Nothing was running.");
  }
}
