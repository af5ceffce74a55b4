package io.turnpike.registry.kubernetes;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Cuts a stream of bytes into JSON documents, one a line. One per answer; one thread at a time. */
final class JsonLines {

  /** The longest line: etcd keeps no object of more than 1.5 MB. */
  static final int MAX_LINE_BYTES = 4 << 20;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * The documents that end in this part.
   *
   * @throws IllegalStateException if a line is too long
   */
  List<JsonNode> feed(byte[] part) {
    List<JsonNode> documents = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < part.length; i++) {
      if (part[i] == '\n') {
        line.write(part, begin, i - begin);
        begin = i + 1;
        if (line.size() > 0) {
          documents.add(JsonMapper.shared().readTree(line.toByteArray()));
        }
        line.reset();
      }
    }
    line.write(part, begin, part.length - begin);
    if (line.size() > MAX_LINE_BYTES) {
      throw new IllegalStateException("the API server sent too long a line");
    }
    return documents;
  }
}
