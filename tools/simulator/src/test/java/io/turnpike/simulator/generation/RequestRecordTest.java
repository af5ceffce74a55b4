package io.turnpike.simulator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.text.Answer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an engine remembers of its requests, and how much of it. */
class RequestRecordTest {

  private final RequestRecord record =
      new RequestRecord(InstantSource.fixed(Instant.ofEpochMilli(1_234)));

  @Test
  void eachEnd_isOfOneInFlight() {
    for (int i = 0; i < 5; i++) {
      record.started();
    }
    record.ended();
    record.broke();
    record.aborted("chatcmpl-1");
    JsonNode json = record.json();
    assertThat(json.path("in_flight").asInt()).isEqualTo(2);
    assertThat(json.path("failed").asInt()).isEqualTo(1);
    assertThat(json.path("aborted").asInt()).isEqualTo(1);
    assertThat(json.path("aborts").get(0).path("id").asString()).isEqualTo("chatcmpl-1");
    assertThat(json.path("aborts").get(0).path("at_ms").asLong()).isEqualTo(1_234);
  }

  @Test
  void finishReasons_areCountedApart() {
    record.finished(Answer.Finish.STOP);
    record.finished(Answer.Finish.LENGTH);
    record.finished(Answer.Finish.LENGTH);
    record.finished(Answer.Finish.ABORT);
    assertThat(record.stopped()).isEqualTo(1);
    assertThat(record.reachedLength()).isEqualTo(2);
    assertThat(record.cutShort()).isEqualTo(1);
  }

  @Test
  void theLastRequests_areRemembered_whileAllAreCounted() {
    for (int i = 0; i <= RequestRecord.MAX_REMEMBERED; i++) {
      record.seen("/v1/" + i, Map.of(), "");
    }
    JsonNode json = record.json();
    assertThat(json.path("requests_seen").asInt()).isEqualTo(RequestRecord.MAX_REMEMBERED + 1);
    assertThat(json.path("requests")).hasSize(RequestRecord.MAX_REMEMBERED);
    assertThat(json.path("requests").get(0).path("path").asString()).isEqualTo("/v1/1");
  }

  @Test
  void longBodies_areCut() {
    record.seen("/v1/completions", Map.of(), "x".repeat(RequestRecord.MAX_BODY_CHARS + 1));
    assertThat(record.json().path("requests").get(0).path("body").asString())
        .hasSize(RequestRecord.MAX_BODY_CHARS);
  }
}
