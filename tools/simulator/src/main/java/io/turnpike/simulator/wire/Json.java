package io.turnpike.simulator.wire;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The one JSON mapper of the simulator; immutable and shared. */
public final class Json {

  /** Prompts are long: one string may be as long as a whole body. */
  private static final int MAX_STRING_CHARS = 128 << 20;

  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(MAX_STRING_CHARS).build())
                  .build())
          .build();

  private Json() {}

  /** A new object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** {@code text} as a JSON string, with its quotes. */
  public static String quote(String text) {
    return MAPPER.writeValueAsString(text);
  }
}
