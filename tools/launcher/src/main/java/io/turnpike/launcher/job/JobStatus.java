package io.turnpike.launcher.job;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a job is.
 *
 * @param condition in one word
 * @param url where clients go; empty: nobody would answer
 * @param processes what it has started
 * @param more what registry and gateways say of themselves, under {@code nodes}, {@code proxies}
 *     and {@code replication}; what does not answer is null or not there
 */
public record JobStatus(
    JobFolder.Condition condition, String url, List<Member> processes, ObjectNode more) {

  public JobStatus {
    processes = List.copyOf(processes);
  }

  /**
   * One process, container or actor.
   *
   * @param name a worker's, or {@code proxy-1}, {@code registry}, {@code scheduler}
   * @param place pid, pod or node
   * @param alive whether it runs
   * @param says more about its state; empty: nothing
   */
  public record Member(String name, String place, boolean alive, String says) {}

  /** Whether it is up and all of it runs. */
  public boolean isWell() {
    return condition == JobFolder.Condition.UP && processes.stream().allMatch(Member::alive);
  }

  /** As {@code job status --json} prints it. */
  public ObjectNode json(String id) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("id", id)
            .put("condition", condition.word())
            .put("url", url);
    ArrayNode all = json.putArray("processes");
    for (Member process : processes) {
      all.addObject()
          .put("name", process.name())
          .put("place", process.place())
          .put("alive", process.alive())
          .put("says", process.says());
    }
    json.setAll(more);
    return json;
  }
}
