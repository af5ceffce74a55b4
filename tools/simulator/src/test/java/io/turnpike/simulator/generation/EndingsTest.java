package io.turnpike.simulator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How answers end when an engine is told to stop. */
class EndingsTest {

  private static final int MANY = 10_000;

  @ParameterizedTest
  @CsvSource({"ERROR,ERROR", "ABORT,ABORT", "SILENT,SILENCE"})
  void aNamedEnding_isAlwaysThatOne(Endings.Kind kind, Ending ending) {
    assertThat(draw(kind, 1)).containsOnly(ending);
  }

  @Test
  void drawnEndings_comeAsOftenAsSeen() {
    List<Ending> drawn = draw(Endings.Kind.DRAWN, 1);
    assertThat(share(drawn, Ending.ERROR)).isBetween(0.18, 0.22);
    assertThat(share(drawn, Ending.ABORT)).isBetween(0.18, 0.22);
    assertThat(share(drawn, Ending.SILENCE)).isBetween(0.58, 0.62);
  }

  @Test
  void aSeed_drawsTheSameAgain() {
    assertThat(draw(Endings.Kind.DRAWN, 7)).isEqualTo(draw(Endings.Kind.DRAWN, 7));
    assertThat(draw(Endings.Kind.DRAWN, 7)).isNotEqualTo(draw(Endings.Kind.DRAWN, 8));
  }

  private static List<Ending> draw(Endings.Kind kind, long seed) {
    return Stream.generate(new Endings(kind, seed)).limit(MANY).toList();
  }

  private static double share(List<Ending> drawn, Ending ending) {
    return Collections.frequency(drawn, ending) / (double) MANY;
  }
}
