package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.turn.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a stream, so that another engine can go on with it. */
class SaidTextTest {

  private final SaidText said = new SaidText();
  private AnswerPipe pipe = AnswerPipe.of(200, true, 1 << 20, said);

  private Verdict comes(String... events) {
    return pipe.add(Unpooled.copiedBuffer(Chunks.stream(events), UTF_8));
  }

  /** The next engine's answer. */
  private void next() {
    said.begin();
    pipe = AnswerPipe.of(200, true, 1 << 20, said);
  }

  private String given() {
    ByteBuf out = pipe.take();
    String text = out == null ? "" : out.toString(UTF_8);
    if (out != null) {
      out.release();
    }
    return text;
  }

  private String text() {
    return new String(said.take().text(), UTF_8);
  }

  @Test
  void theText_isKeptAsItStandsInTheChunks_withThePieces() {
    comes(Chunks.ROLE, Chunks.word("Say"), Chunks.word(" \\\"ü\\\""), Chunks.word(""));
    comes(Chunks.word("\\n!"));
    SaidText.Said all = said.take();
    assertThat(new String(all.text(), UTF_8)).isEqualTo("Say \\\"ü\\\"\\n!");
    assertThat(all.pieces()).isEqualTo(3);
    assertThat(new String(all.text(1, 2), UTF_8)).isEqualTo(" \\\"ü\\\"");
    assertThat(new String(all.text(0, 3), UTF_8)).isEqualTo("Say \\\"ü\\\"\\n!");
    assertThat(new String(all.firstChunk(), UTF_8)).isEqualTo(Chunks.ROLE.substring(6));
  }

  @Test
  void anEventThatIsNotWhole_wasNotSaid() {
    comes(Chunks.ROLE, Chunks.word("one"));
    String whole = Chunks.stream(Chunks.word(" two"));
    pipe.add(Unpooled.copiedBuffer(whole.substring(0, whole.length() - 1), UTF_8));
    pipe.breakOff();
    assertThat(given()).contains("one").doesNotContain("two");
    assertThat(text()).isEqualTo("one");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 60, 200})
  void theText_isTheSame_howeverTheBytesCome(int size) {
    byte[] all =
        Chunks.stream(Chunks.ROLE, Chunks.word("a"), Chunks.word("bc"), Chunks.word("d"))
            .getBytes(UTF_8);
    for (int at = 0; at < all.length; at += size) {
      pipe.add(Unpooled.copiedBuffer(all, at, Math.min(size, all.length - at)));
    }
    SaidText.Said kept = said.take();
    assertThat(new String(kept.text(), UTF_8)).isEqualTo("abcd");
    assertThat(kept.pieces()).isEqualTo(3);
  }

  @Test
  void anErrorOfTheEngine_isHeldBack() {
    comes(Chunks.ROLE, Chunks.word("a"));
    assertThat(comes(Chunks.ERROR, Chunks.DONE)).isEqualTo(Verdict.CUT);
    assertThat(pipe.passesErrorOn()).isFalse();
    assertThat(given()).contains("\"a\"").doesNotContain("error", "DONE");
    assertThat(pipe.errorMessage()).isEqualTo("EngineCore encountered an issue.");
    assertThat(text()).isEqualTo("a");
  }

  @Test
  void theNextEnginesText_isAddedToIt() {
    comes(Chunks.ROLE, Chunks.word("a"), Chunks.word("b"));
    assertThat(text()).isEqualTo("ab");
    next();
    comes(Chunks.ROLE, Chunks.word("c"), Chunks.word("d"));
    SaidText.Said all = said.take();
    assertThat(new String(all.text(), UTF_8)).isEqualTo("abcd");
    assertThat(all.pieces()).isEqualTo(4);
    assertThat(new String(all.text(2, 4), UTF_8)).isEqualTo("cd");
  }

  @Test
  void whatAnEngineSaidInVain_isForgotten() {
    comes(Chunks.ROLE.replace("chatcmpl-1", "chatcmpl-0"), Chunks.word("vain"));
    next();
    comes(Chunks.ROLE, Chunks.word("a"));
    assertThat(new String(said.take().firstChunk(), UTF_8)).contains("chatcmpl-1");
    next();
    comes(Chunks.ROLE, Chunks.word("vain"));
    next();
    comes(Chunks.ROLE, Chunks.word("b"));
    assertThat(text()).isEqualTo("ab");
  }

  @Test
  void whatWasLostInVain_isNotLost() {
    comes(Chunks.ROLE, Chunks.delta("\"reasoning\":\"hm\""));
    assertThat(said.isKnown()).isFalse();
    next();
    comes(Chunks.ROLE, Chunks.word("a"));
    assertThat(text()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"reasoning\":\"hm\"",
        "\"content\":\"a\",\"reasoning\":\"hm\"",
        "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]",
        "\"refusal\":\"no\"",
        "\"content\":[\"a\"]"
      })
  void anythingElseThanText_isNotKnown(String delta) {
    comes(Chunks.ROLE, Chunks.word("a"), Chunks.delta(delta), Chunks.word("b"));
    assertThat(said.isKnown()).isFalse();
    assertThatThrownBy(said::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anythingElse_isNotKnown_alsoWhereManyChunksAreAlike() {
    String call = "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"x\"}}]";
    comes(Chunks.ROLE, Chunks.delta(call), Chunks.delta(call), Chunks.delta(call));
    assertThat(said.isKnown()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"token_ids\":[5]", "\"token_ids\":[5,6]"})
  void tokenIds_areNotKnown(String ids) {
    comes(Chunks.ROLE, Chunks.word("a").replace("\"token_ids\":null", ids));
    assertThat(said.isKnown()).isFalse();
  }

  @Test
  void nothingThatIsNull_isMoreThanText() {
    comes(Chunks.ROLE, Chunks.delta("\"content\":\"a\",\"reasoning\":null,\"tool_calls\":[]"));
    assertThat(text()).isEqualTo("a");
  }

  @Test
  void aChunkThatSaysNothing_changesNothingForThoseThatAreAlike() {
    comes(Chunks.ROLE, Chunks.word("a"), Chunks.word("b"), Chunks.delta(""), Chunks.word("c"));
    assertThat(text()).isEqualTo("abc");
  }

  @Test
  void severalChoices_andAnEnd_areNotKnown() {
    comes(Chunks.ROLE, Chunks.word("a"), Chunks.STOP);
    assertThat(said.isKnown()).isFalse();
    said.begin();
    pipe = AnswerPipe.of(200, true, 1 << 20, said);
    String choice = "{\"index\":0,\"delta\":{\"content\":\"a\"}}";
    comes("data: {\"choices\":[" + choice + "," + choice + "]}");
    assertThat(said.isKnown()).isFalse();
  }

  @Test
  void nothing_isNotKnown() {
    assertThat(said.isKnown()).isFalse();
    assertThatThrownBy(said::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLongText_isGivenUp() {
    comes(Chunks.ROLE);
    String piece = "x".repeat(1024);
    for (int i = 0; i < SaidText.MAX_BYTES / 1024; i++) {
      comes(Chunks.word(piece));
    }
    assertThat(said.isKnown()).isTrue();
    comes(Chunks.word("x"));
    assertThat(said.isKnown()).isFalse();
    comes(Chunks.word("y"));
    assertThat(said.isKnown()).isFalse();
  }

  @Test
  void aLongPiece_hasNoLength_butItsText() {
    comes(Chunks.ROLE, Chunks.word("a"), Chunks.word("x".repeat(255)), Chunks.word("b"));
    assertThat(said.take().pieces()).isEqualTo(3);
    assertThat(said.take().text(1, 2)).hasSize(255);
    comes(Chunks.word("x".repeat(256)), Chunks.word("c"));
    SaidText.Said all = said.take();
    assertThat(all.pieces()).isZero();
    assertThat(all.text(0, 0)).hasSize(1 + 255 + 1 + 256 + 1);
  }

  @Test
  void aLargeFirstChunk_andALargeEvent_areNotKnown() {
    String more = "\"prompt_text\":\"" + "x".repeat(SaidText.MAX_CHUNK_BYTES) + "\"";
    comes(Chunks.ROLE.replace("\"prompt_text\":null", more), Chunks.word("a"));
    assertThat(said.isKnown()).isFalse();
    next();
    comes(Chunks.ROLE, Chunks.word("a"), Chunks.word("x".repeat(70_000)));
    assertThat(said.isKnown()).isFalse();
  }
}
