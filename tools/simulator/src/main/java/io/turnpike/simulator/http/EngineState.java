package io.turnpike.simulator.http;

import io.turnpike.simulator.text.Answer;
import io.turnpike.simulator.wire.Json;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What tests want to know of an engine: requests in flight, seen, taken back. Thread-safe. */
final class EngineState {

  /** Requests and aborts remembered. */
  static final int MAX_REMEMBERED = 100;

  /** Bytes of a body remembered. */
  static final int MAX_BODY_CHARS = 64 << 10;

  private final InstantSource time;
  private final Map<Generation, Long> inFlight = new HashMap<>();
  private final Deque<Seen> requests = new ArrayDeque<>();
  private final Deque<Ended> aborts = new ArrayDeque<>();
  private long seen;
  private long aborted;
  private long failed;
  private long stopped;
  private long reachedLength;

  private record Seen(long atMillis, String path, Map<String, String> headers, String body) {}

  private record Ended(long atMillis, String id) {}

  EngineState(InstantSource time) {
    this.time = time;
  }

  synchronized void seen(String path, Map<String, String> headers, String body) {
    seen++;
    String kept = body.length() > MAX_BODY_CHARS ? body.substring(0, MAX_BODY_CHARS) : body;
    remember(requests, new Seen(time.millis(), path, headers, kept));
  }

  synchronized void started(Generation generation) {
    inFlight.put(generation, time.millis());
  }

  synchronized void ended(Generation generation) {
    inFlight.remove(generation);
  }

  synchronized void failed(Generation generation) {
    failed++;
    inFlight.remove(generation);
  }

  synchronized void aborted(Generation generation) {
    aborted++;
    remember(aborts, new Ended(time.millis(), generation.request().id()));
    inFlight.remove(generation);
  }

  /** A sequence has ended of itself. */
  synchronized void finished(Answer.Finish reason) {
    switch (reason) {
      case STOP -> stopped++;
      case LENGTH -> reachedLength++;
    }
  }

  synchronized long stopped() {
    return stopped;
  }

  synchronized long reachedLength() {
    return reachedLength;
  }

  synchronized long failed() {
    return failed;
  }

  synchronized int inFlight() {
    return inFlight.size();
  }

  synchronized ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("in_flight", inFlight.size()).put("requests_seen", seen);
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
