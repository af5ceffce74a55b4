package io.turnpike.simulator.generation;

import io.turnpike.simulator.text.Answer;
import io.turnpike.simulator.wire.Json;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What an engine remembers of its requests: seen, in flight, taken back. Thread-safe. */
public final class RequestRecord {

  /** Requests and aborts remembered. */
  static final int MAX_REMEMBERED = 100;

  /** Bytes of a body remembered. */
  static final int MAX_BODY_CHARS = 64 << 10;

  private final InstantSource time;
  private final Deque<Seen> requests = new ArrayDeque<>();
  private final Deque<Ended> aborts = new ArrayDeque<>();
  private int inFlight;
  private long seen;
  private long aborted;
  private long failed;
  private long stopped;
  private long reachedLength;
  private long cutShort;

  private record Seen(long atMillis, String path, Map<String, String> headers, String body) {}

  private record Ended(long atMillis, String id) {}

  public RequestRecord(InstantSource time) {
    this.time = time;
  }

  public synchronized void seen(String path, Map<String, String> headers, String body) {
    seen++;
    String kept = body.length() > MAX_BODY_CHARS ? body.substring(0, MAX_BODY_CHARS) : body;
    remember(requests, new Seen(time.millis(), path, headers, kept));
  }

  synchronized void started() {
    inFlight++;
  }

  synchronized void ended() {
    inFlight--;
  }

  synchronized void broke() {
    failed++;
    inFlight--;
  }

  /** Its client has left. */
  synchronized void aborted(String id) {
    aborted++;
    remember(aborts, new Ended(time.millis(), id));
    inFlight--;
  }

  /** A sequence has ended with a finish reason. */
  synchronized void finished(Answer.Finish reason) {
    switch (reason) {
      case STOP -> stopped++;
      case LENGTH -> reachedLength++;
      case ABORT -> cutShort++;
    }
  }

  public synchronized long stopped() {
    return stopped;
  }

  public synchronized long reachedLength() {
    return reachedLength;
  }

  public synchronized long failed() {
    return failed;
  }

  public synchronized long cutShort() {
    return cutShort;
  }

  public synchronized ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("in_flight", inFlight).put("requests_seen", seen);
    json.put("aborted", aborted).put("failed", failed);
    var abortList = json.putArray("aborts");
    aborts.forEach(one -> abortList.addObject().put("at_ms", one.atMillis()).put("id", one.id()));
    var list = json.putArray("requests");
    for (Seen one : requests) {
      ObjectNode entry = list.addObject().put("at_ms", one.atMillis()).put("path", one.path());
      one.headers().forEach(entry.putObject("headers")::put);
      entry.put("body", one.body());
    }
    return json;
  }

  private static <T> void remember(Deque<T> all, T one) {
    if (all.size() == MAX_REMEMBERED) {
      all.removeFirst();
    }
    all.addLast(one);
  }
}
