package io.turnpike.launcher.job;

import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.stack.StackException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Processes in the background that watch over a job, each a command of this very program.
 *
 * @param self words that start this program
 */
public record Watchers(List<String> self) {

  public Watchers {
    self = List.copyOf(self);
  }

  /**
   * Starts one; what it says goes to the job's folder.
   *
   * @param words the command
   * @param environment additions to our own
   */
  public void start(JobFolder.Entry entry, List<String> words, Map<String, String> environment) {
    List<String> command = new ArrayList<>(self);
    command.addAll(words);
    command.addAll(List.of("--state", String.valueOf(entry.stateFolder())));
    try {
      new Launch("job", command, environment, entry.output()).start(entry.watcherFolder());
    } catch (IOException e) {
      throw new StackException("the job cannot be started: " + e.getMessage());
    }
  }
}
