package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementTest {

  private static final String HASHES =
      "00000000000000010000000000000002 0000000000000003 2100 0000000000000004";

  @Property(tries = 200)
  void decode_readsWhatEncodeWrote(
      @ForAll int turn, @ForAll long tokens, @ForAll long hash, @ForAll int millis) {
    Placement placement =
        new Placement(
            new NodeId("[::1]:8200"),
            new Epoch("a|b:c"),
            turn,
            tokens,
            new ChainLink(hash, ~hash),
            hash * 31,
            tokens / 3,
            hash ^ tokens,
            Instant.ofEpochMilli(millis));
    assertThat(Placement.decode(placement.encode())).isEqualTo(placement);
  }

  @Test
  void encode_isTheDocumentedText() {
    Placement placement =
        new Placement(
            new NodeId("d1"),
            new Epoch("e"),
            2,
            330,
            new ChainLink(1, 2),
            3,
            2_100,
            4,
            Instant.ofEpochMilli(5));
    assertThat(new String(placement.encode(), UTF_8)).isEqualTo("2 d1 e 2 330 " + HASHES + " 5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2",
        "1 d1 e 2 330 00000000000000010000000000000002 0000000000000003 0000000000000004 5",
        "1 d1 e 2 330 " + HASHES + " 5",
        "2 d1 e two 330 " + HASHES + " 5",
        "2 d!1 e 2 330 " + HASHES + " 5",
        "2 d1  2 330 " + HASHES + " 5",
        "2 d1 e 2 330 " + HASHES + " 5 6",
        "2 d1 e 2 330 0x 0000000000000003 2100 0000000000000004 5"
      })
  void decode_takesNothingElse(String text) {
    assertThat(Placement.decode(text.getBytes(UTF_8))).isNull();
  }
}
