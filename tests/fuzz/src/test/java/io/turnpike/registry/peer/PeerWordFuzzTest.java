package io.turnpike.registry.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.PeerWord;
import java.time.Instant;

/** What one registry reads of another. */
class PeerWordFuzzTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** It is refused, or written and read again the same. */
  @FuzzTest(maxExecutions = 1_000_000)
  void word(byte[] input) {
    try {
      PeerWord word = PeerCodec.read(NodeCodec.parse(new String(input, UTF_8)), NOW);
      assertThat(PeerCodec.read(PeerCodec.write(word, NOW), NOW)).isEqualTo(word);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }
}
