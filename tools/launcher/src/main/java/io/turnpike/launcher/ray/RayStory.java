package io.turnpike.launcher.ray;

import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.stack.StackException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a driver has said so far: how the job is, and each of its processes. Not thread-safe. */
final class RayStory {

  private static final String EVENT = "turnpike";

  /** A process as the driver told of it last. */
  private record Known(String address, String actor, String state) {

    boolean isAlive() {
      return state.equals("ready") || state.equals("starting");
    }
  }

  private final Map<String, Known> processes = new LinkedHashMap<>();
  private String url = "";
  private boolean isUp;
  private @Nullable StackException end;

  /** All of a log. */
  static RayStory of(String log) {
    RayStory story = new RayStory();
    log.lines().forEach(story::hear);
    return story;
  }

  /**
   * Hears a line of the driver's log.
   *
   * @return what it means to people; null: nothing
   */
  @Nullable String hear(String line) {
    if (!line.startsWith("{\"" + EVENT + "\"")) {
      return null; // Ray's own.
    }
    try {
      return hear(JsonMapper.shared().readTree(line));
    } catch (JacksonException e) {
      return null;
    }
  }

  private @Nullable String hear(JsonNode event) {
    String name = event.path("name").asString("");
    return switch (event.path(EVENT).asString("")) {
      case "waiting" ->
          "waits for a place for "
              + event.path("for").asString("")
              + "; free: "
              + event.path("free");
      case "placed" -> event.path("workers").asInt() + " workers have their places";
      case "started" -> {
        String address = event.path("address").asString("");
        processes.put(name, new Known(address, event.path("actor").asString(""), "starting"));
        yield line(name, "started, " + address);
      }
      case "ready" -> line(name, "ready, http://" + set(name, "ready").address());
      case "line" -> line(name, event.path("line").asString(""));
      case "ended" -> {
        set(name, "ended");
        yield event.path("end").asString("")
            + " and is started again in "
            + event.path("again").asInt()
            + " s";
      }
      case "left" -> {
        processes.remove(name);
        yield name + " has ended";
      }
      case "up" -> {
        isUp = true;
        url = event.path("url").asString("");
        yield null;
      }
      case "lost" -> {
        end = new StackException(event.path("why").asString(""), texts(event.path("log")));
        yield null;
      }
      case "stopped" -> {
        processes.replaceAll((_, was) -> new Known(was.address(), was.actor(), "ended"));
        yield null;
      }
      default -> null;
    };
  }

  private static String line(String name, String what) {
    return String.format(Locale.ROOT, "%-12s %s", name, what);
  }

  private Known set(String name, String state) {
    Known was = processes.getOrDefault(name, new Known("", "", ""));
    Known now = new Known(was.address(), was.actor(), state);
    processes.put(name, now);
    return now;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asString("")));
    return texts;
  }

  /** Whether it was up. */
  boolean isUp() {
    return isUp;
  }

  /** Where clients go; empty while it is not up, or where somebody else's proxies are in front. */
  String url() {
    return url;
  }

  /** What was its end; null: nothing that the driver knew of. */
  @Nullable StackException end() {
    return end;
  }

  /** The actor of a process; null: there is no such process. */
  @Nullable String actor(String process) {
    Known known = processes.get(process);
    return known == null ? null : known.actor();
  }

  /** Names of all processes. */
  List<String> names() {
    return List.copyOf(processes.keySet());
  }

  /** All processes; none of them is alive when the job has ended. */
  List<JobStatus.Member> processes(boolean runs) {
    List<JobStatus.Member> all = new ArrayList<>();
    processes.forEach(
        (name, known) ->
            all.add(
                new JobStatus.Member(
                    name,
                    known.address(),
                    runs && known.isAlive(),
                    runs ? known.state() : "has ended")));
    return all;
  }
}
