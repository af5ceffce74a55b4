package io.turnpike.membership;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts a stream of bytes into server-sent events. One per connection; one thread at a time. */
final class ServerEvents {

  private static final int MAX_EVENT_BYTES = 16 << 20;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String name = "";

  /**
   * One event.
   *
   * @param name its {@code event:} field, or empty
   * @param data its {@code data:} lines
   */
  record Event(String name, String data) {}

  /** The events that end in this part. */
  List<Event> feed(byte[] part) {
    List<Event> events = new ArrayList<>();
    for (byte b : part) {
      if (b == '\n') {
        line(line.toString(StandardCharsets.UTF_8).stripTrailing(), events);
        line.reset();
      } else {
        line.write(b);
      }
    }
    if (line.size() + data.length() > MAX_EVENT_BYTES) {
      throw new IllegalStateException("an event of the registry is too large");
    }
    return events;
  }

  private void line(String text, List<Event> events) {
    if (text.isEmpty()) {
      if (!data.isEmpty()) {
        events.add(new Event(name, data.toString()));
      }
      data.setLength(0);
      name = "";
    } else if (text.startsWith("event:")) {
      name = text.substring(6).strip();
    } else if (text.startsWith("data:")) {
      data.append(text, 5, text.length());
    }
  }
}
