package io.turnpike.openai;

import io.turnpike.conversation.PrefixChainBuilder;
import java.util.Arrays;

/** Where in a body each chat message has the fields that make up its hash. */
final class MessagePlaces {

  static final int FIELDS = 5;

  private static final int SHARED = 1;
  private static final int INTS_PER_MESSAGE = FIELDS + 1;

  private int[] places = new int[8 * INTS_PER_MESSAGE];
  private int used;

  /** The number a field of a message has here, or −1. */
  static int fieldNumber(String name) {
    return switch (name) {
      case "role" -> 0;
      case "content" -> 1;
      case "tool_calls" -> 2;
      case "tool_call_id" -> 3;
      case "name" -> 4;
      default -> -1;
    };
  }

  void clear() {
    used = 0;
  }

  int count() {
    return used / INTS_PER_MESSAGE;
  }

  void add() {
    if (used == places.length) {
      places = Arrays.copyOf(places, 2 * used);
    }
    Arrays.fill(places, used, used + FIELDS, -1);
    places[used + FIELDS] = 0;
    used += INTS_PER_MESSAGE;
  }

  /** Notes where the last message's field starts; a repeated field's last place counts. */
  void field(int number, int start) {
    places[used - INTS_PER_MESSAGE + number] = start;
  }

  /** Notes whether the last message is one that many conversations begin with. */
  void shared(boolean shared) {
    places[used - 1] = shared ? SHARED : 0;
  }

  void addLinks(PrefixChainBuilder chain, byte[] body) {
    for (int i = 0; i < used; i += INTS_PER_MESSAGE) {
      for (int field = 0; field < FIELDS; field++) {
        chain.messageField(field, body, places[i + field]);
      }
      chain.endMessage(places[i + FIELDS] == SHARED);
    }
  }
}
