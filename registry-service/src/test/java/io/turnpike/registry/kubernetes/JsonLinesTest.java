package io.turnpike.registry.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import tools.jackson.databind.JsonNode;

class JsonLinesTest {

  private static final byte[] TWO = "{\"a\":\"ü\"}\n\n{\"a\":2}\n".getBytes(UTF_8);

  @Property(tries = 200)
  void feed_findsTheSame_whereverTheBytesAreCut(
      @ForAll @Size(max = 6) List<@IntRange(max = 20) Integer> cuts) {
    JsonLines lines = new JsonLines();
    List<JsonNode> found = new ArrayList<>();
    int from = 0;
    for (int cut : cuts.stream().sorted().toList()) {
      int to = Math.min(cut, TWO.length);
      found.addAll(lines.feed(Arrays.copyOfRange(TWO, from, to)));
      from = to;
    }
    found.addAll(lines.feed(Arrays.copyOfRange(TWO, from, TWO.length)));
    assertThat(found).hasSize(2);
    assertThat(found.getFirst().path("a").asString()).isEqualTo("ü");
    assertThat(found.getLast().path("a").asInt()).isEqualTo(2);
  }

  @Example
  void feed_endsWithALineThatIsTooLong() {
    JsonLines lines = new JsonLines();
    byte[] half = new byte[JsonLines.MAX_LINE_BYTES / 2 + 1];
    lines.feed(half);
    assertThatThrownBy(() -> lines.feed(half)).hasMessageContaining("too long");
  }
}
