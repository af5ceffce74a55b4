package io.turnpike.bench.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.figures.KvSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class KvMovesTest {

  @Test
  void eachTurnOverP_movesItsWholePrompt_whereOnceWouldDo() {
    KvMoves moves =
        KvMoves.of(
            List.of(
                turn(0, 1, 100, "disaggregated"),
                turn(0, 2, 230, "disaggregated"),
                turn(0, 3, 360, "decode-direct"),
                turn(1, 1, 100, "disaggregated")),
            new CacheLedger(),
            KvSize.LLAMA_8B);
    assertThat(moves.turnsOverP()).isEqualTo(3);
    assertThat(moves.movedTokens()).isEqualTo(430);
    assertThat(moves.onceTokens()).isEqualTo(330);
    assertThat(moves.text(KvSize.LLAMA_8B))
        .isEqualTo(
            "KV moved from P to D: 53.75 MB in 3 turns; each token once: 41.25 MB (1.30 times)");
  }

  @Test
  void megabytes_areTheOriginals() {
    assertThat(KvSize.LLAMA_8B.megabytes(91)).isEqualTo(11.375);
    assertThat(KvSize.LLAMA_8B.megabytes(170)).isEqualTo(21.25);
  }

  private static Measurement turn(int conversation, int turn, int promptTokens, String route) {
    return new Measurement(
        0,
        conversation,
        turn,
        0,
        0,
        0,
        1,
        2,
        promptTokens,
        30,
        0,
        TokenSource.USAGE,
        30,
        0,
        route,
        "",
        null);
  }
}
