package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.fixtures.recording.RecordedExchange;
import io.turnpike.fixtures.recording.Recording;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where another engine goes on, as it was asked of a real one whose tokenizer merges pairs of
 * letters, and whose model does not spell as that tokenizer would.
 */
class RecordedResumeTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static ResumedTurn cut(TurnApi api, RecordedExchange asked, int pieces) {
    byte[] body = asked.requestBody().getBytes(UTF_8);
    SaidText said = new SaidText();
    AnswerPipe pipe = AnswerPipe.of(200, true, 1 << 20, said);
    int given = 0;
    for (String event : asked.events()) {
      given += text(event).isEmpty() ? 0 : 1;
      if (given > pieces) {
        break;
      }
      pipe.add(Chunks.buffer(Chunks.stream("data: " + event)));
    }
    pipe.clear();
    return TurnScanner.scan(api, body, 0, body.length).resumed(said);
  }

  /** Asks what was recorded, and hears what was recorded. */
  private static void asks(ResumedTurn turn, List<RecordedExchange> recorded) {
    for (RecordedExchange exchange : recorded) {
      if (exchange.path().equals("/tokenize")) {
        assertThat(json(turn.question(UnpooledByteBufAllocator.DEFAULT)))
            .isEqualTo(JSON.readTree(exchange.requestBody()));
        assertThat(turn.answered(exchange.body().getBytes(UTF_8))).isNull();
      }
    }
    assertThat(turn.question(UnpooledByteBufAllocator.DEFAULT)).isNull();
  }

  private static JsonNode json(@Nullable ByteBuf body) {
    ByteBuf asked = Objects.requireNonNull(body);
    String text = asked.toString(UTF_8);
    asked.release();
    return JSON.readTree(text);
  }

  private static String text(String event) {
    if (!event.startsWith("{")) {
      return "";
    }
    JsonNode choice = JSON.readTree(event).path("choices").path(0);
    return choice.path("delta").path("content").asString("") + choice.path("text").asString("");
  }

  private static String text(List<String> events) {
    return events.stream().map(RecordedResumeTest::text).collect(Collectors.joining());
  }

  private static String joined(ResumedTurn turn, List<String> events) {
    String stream =
        Chunks.stream(events.stream().map(event -> "data: " + event).toArray(String[]::new));
    ByteBuf out = turn.seam().join(Chunks.buffer(stream));
    String text = out.toString(UTF_8);
    out.release();
    return text;
  }

  @Test
  void aChat_isTheSame_fromTheTokensThatWereSpoken_butNotFromTheText() {
    List<RecordedExchange> recorded = Recording.of("d03-resumed-chat");
    RecordedExchange whole = recorded.getFirst();
    RecordedExchange rest = recorded.getLast();
    ResumedTurn turn = cut(TurnApi.CHAT, whole, 9);
    asks(turn, recorded);
    ByteBuf leg = turn.decodeLeg(UnpooledByteBufAllocator.DEFAULT, null);
    assertThat(json(leg)).isEqualTo(JSON.readTree(rest.requestBody()));
    String said = JSON.readTree(rest.requestBody()).at("/messages/1/content").asString();
    assertThat(said + text(rest.events())).isEqualTo(text(whole.events()));
    RecordedExchange fromText = recorded.get(recorded.size() - 2);
    assertThat(fromText.requestBody()).doesNotContain("prompt_token_ids");
    assertThat(said + text(fromText.events())).isNotEqualTo(text(whole.events()));
    assertOneAnswer(joined(turn, rest.events()), whole);
  }

  @Test
  void aCompletion_isTheSame_whereItsPromptEndsInsideAWord() {
    List<RecordedExchange> recorded = Recording.of("d04-resumed-completion");
    RecordedExchange whole = recorded.getFirst();
    RecordedExchange rest = recorded.getLast();
    ResumedTurn turn = cut(TurnApi.COMPLETIONS, whole, 7);
    asks(turn, recorded);
    ByteBuf leg = turn.decodeLeg(UnpooledByteBufAllocator.DEFAULT, null);
    assertThat(json(leg)).isEqualTo(JSON.readTree(rest.requestBody()));
    assertThat(text(whole.events())).endsWith(text(rest.events()));
    assertOneAnswer(joined(turn, rest.events()), whole);
  }

  /** With the id, time and counts that the uncut answer had. */
  private static void assertOneAnswer(String rest, RecordedExchange whole) {
    JsonNode first = JSON.readTree(whole.events().getFirst());
    List<JsonNode> chunks =
        rest.lines()
            .filter(line -> line.startsWith("data: {"))
            .map(line -> JSON.readTree(line.substring(6)))
            .toList();
    assertThat(chunks)
        .allMatch(chunk -> chunk.path("id").equals(first.path("id")))
        .allMatch(chunk -> chunk.path("created").equals(first.path("created")))
        .noneMatch(chunk -> chunk.at("/choices/0/delta").has("role"));
    JsonNode uncut = JSON.readTree(whole.events().get(whole.events().size() - 2)).path("usage");
    JsonNode usage = chunks.getLast().path("usage");
    for (String count : new String[] {"prompt_tokens", "completion_tokens", "total_tokens"}) {
      assertThat(usage.path(count)).as(count).isEqualTo(uncut.path(count));
    }
  }
}
