package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import tools.jackson.core.io.JsonStringEncoder;

/** JSON put together from pieces that are JSON already. */
final class JsonPieces {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  static byte[] of(String json) {
    return json.getBytes(UTF_8);
  }

  JsonPieces add(String piece) {
    bytes.writeBytes(of(piece));
    return this;
  }

  JsonPieces add(byte[] piece) {
    bytes.writeBytes(piece);
    return this;
  }

  JsonPieces add(byte[] json, int from, int to) {
    bytes.write(json, from, to - from);
    return this;
  }

  /** Adds a text as a JSON string. */
  JsonPieces quote(String text) {
    return add("\"").add(JsonStringEncoder.getInstance().quoteAsUTF8(text)).add("\"");
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
