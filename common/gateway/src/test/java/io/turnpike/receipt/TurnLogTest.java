package io.turnpike.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.turnpike.error.ApiError;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.receipt.TurnLog.AccessLog;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TurnLogTest {

  private static final int MAX_WAITING = 100;

  @Test
  void turnThatWentWell_leavesNoLine_andNeitherDoesAClientThatLeft() {
    assertThat(
            lines(
                AccessLog.OFF,
                log -> {
                  log.ended(receipt(Outcome.ANSWERED, List.of()));
                  log.ended(receipt(Outcome.CLIENT_GONE, List.of("decode leg: refused")));
                }))
        .isEmpty();
  }

  @Test
  void failedTurn_isOneLine_withAllThatIsKnownOfIt() {
    assertThat(
            lines(
                AccessLog.OFF,
                log -> log.ended(receipt(Outcome.FAILED, List.of("decode leg: refused")))))
        .containsExactly(
            "WARN turn failed {id=r, outcome=failed, status=502, route=disaggregated,"
                + " reason=first-turn, prefill=p, decode=d, troubles=decode leg: refused,"
                + " total_ms=40.0}");
  }

  @Test
  void healedTurn_isALine() {
    assertThat(
            lines(
                AccessLog.OFF,
                log -> log.ended(receipt(Outcome.ANSWERED, List.of("prefill leg: 500")))))
        .singleElement()
        .asString()
        .startsWith("INFO turn healed {id=r, outcome=answered");
  }

  @Test
  void refusedRequest_isALineWithItsCode() {
    assertThat(lines(AccessLog.OFF, log -> log.refused(ApiError.draining())))
        .singleElement()
        .asString()
        .startsWith("INFO request refused {status=503, code=");
  }

  @Test
  void aFlood_isAFewLines_andANumber_forEachReason() {
    List<String> lines =
        lines(
            AccessLog.OFF,
            log -> {
              for (int i = 0; i < 21; i++) {
                log.ended(receipt(Outcome.REJECTED, List.of()));
              }
              log.ended(receipt(Outcome.CUT, List.of()));
            });
    assertThat(lines).filteredOn(line -> line.contains("turn rejected")).hasSize(TurnLog.LINES);
    assertThat(lines).filteredOn(line -> line.contains("answer cut")).hasSize(1);
    assertThat(lines)
        .last()
        .isEqualTo("WARN lines left out {reason=rejected/first-turn, lines=16}");
  }

  @Test
  void accessLog_hasALineATurn_withFiguresAndWithoutALimit() {
    List<String> lines =
        lines(
            AccessLog.ON,
            log -> {
              for (int i = 0; i < 3 * TurnLog.LINES; i++) {
                log.ended(receipt(Outcome.ANSWERED, List.of()));
              }
              log.ended(receipt(Outcome.FAILED, List.of()));
            });
    assertThat(lines).hasSize(3 * TurnLog.LINES + 1);
    assertThat(lines.getFirst())
        .isEqualTo(
            "INFO turn {id=r, outcome=answered, status=200, route=disaggregated,"
                + " reason=first-turn, prefill=p, decode=d, path=/v1/chat/completions, turn=1,"
                + " stream=true, prompt_tokens=9, cached_tokens=4, completion_tokens=2,"
                + " ttft_ms=10.0, total_ms=40.0}");
    assertThat(lines.getLast()).startsWith("WARN turn failed");
  }

  @Test
  void lineOfATurnWithATrace_hasItsId() {
    List<String> lines =
        lines(AccessLog.OFF, log -> log.ended(receipt(Outcome.CUT, List.of(), "4bf92f")));
    assertThat(lines).singleElement().asString().contains("decode=d, trace_id=4bf92f, total_ms");
  }

  @Test
  void linesThatWait_areBounded_andThoseLeftOutAreCounted() {
    List<String> lines =
        lines(
            AccessLog.ON,
            log -> {
              // The writer waits for this thread with the first line, and all others with it.
              synchronized (this) {
                for (int i = 0; i < MAX_WAITING + 20; i++) {
                  log.ended(receipt(Outcome.ANSWERED, List.of()));
                }
              }
            });
    assertThat(lines).hasSizeBetween(MAX_WAITING + 1, MAX_WAITING + 2);
    assertThat(lines.getLast())
        .matches("WARN lines left out \\{reason=log-too-slow, lines=(19|20)}");
  }

  /** What is written while the log is used and closed. */
  private List<String> lines(AccessLog access, Consumer<TurnLog> use) {
    ListAppender<ILoggingEvent> written =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent line) {
            synchronized (TurnLogTest.this) {
              super.append(line);
            }
          }
        };
    List<Logger> loggers =
        List.of(
            (Logger) LoggerFactory.getLogger(TurnLog.class),
            (Logger) LoggerFactory.getLogger(TurnLog.ACCESS_LOGGER));
    written.start();
    loggers.forEach(logger -> logger.addAppender(written));
    try {
      try (TurnLog log = new TurnLog(access, MAX_WAITING)) {
        use.accept(log);
      }
      return written.list.stream().map(TurnLogTest::text).toList();
    } finally {
      loggers.forEach(logger -> logger.detachAppender(written));
    }
  }

  private static String text(ILoggingEvent line) {
    String pairs =
        line.getKeyValuePairs().stream()
            .map(pair -> Map.entry(pair.key, String.valueOf(pair.value)).toString())
            .collect(Collectors.joining(", "));
    return "%s %s {%s}".formatted(line.getLevel(), line.getMessage(), pairs);
  }

  private static Receipt receipt(Outcome outcome, List<String> troubles) {
    return receipt(outcome, troubles, null);
  }

  private static Receipt receipt(Outcome outcome, List<String> troubles, @Nullable String trace) {
    return new Receipt(
        "r",
        trace,
        Instant.EPOCH,
        TurnApi.CHAT,
        null,
        "m",
        true,
        "ppd",
        Route.DISAGGREGATED,
        Reason.FIRST_TURN,
        new NodeId("p"),
        new NodeId("d"),
        null,
        1,
        "new",
        troubles,
        0,
        List.of(),
        outcome == Outcome.ANSWERED ? 200 : 502,
        outcome,
        9,
        4,
        2,
        new Receipt.Timing(Double.NaN, 5, 5, 30, 10, 40),
        null);
  }
}
