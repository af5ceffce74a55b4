package io.turnpike.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RedisTroublesTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(RedisLink.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private long nanos;
  private final RedisTroubles troubles = new RedisTroubles("cache:6380", () -> nanos);

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(said);
  }

  private void fail(String reason) {
    troubles.failed(
        "one",
        new IllegalStateException("Unable to connect", new IllegalArgumentException(reason)));
  }

  @Test
  void trouble_isSaidOnceAMinute_withoutThePassword() {
    fail("WRONGPASS invalid username-password pair\nsecond line");
    nanos += Duration.ofSeconds(59).toNanos();
    fail("WRONGPASS");
    assertThat(said.list).hasSize(1);
    nanos += Duration.ofSeconds(1).toNanos();
    fail("WRONGPASS");
    assertThat(said.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN).hasSize(2);
    assertThat(said.list.getFirst().getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly("redis=cache:6380", "reason=WRONGPASS invalid username-password pair");
  }

  @Test
  void end_isSaidOnce_andOnlyAfterTrouble() {
    troubles.over("one");
    assertThat(said.list).isEmpty();
    fail("refused");
    troubles.over("one");
    troubles.over("one");
    assertThat(said.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.INFO);
    fail("refused");
    assertThat(said.list).as("a new trouble is said at once").hasSize(3);
  }

  @Test
  void reason_isNeverEmpty() {
    assertThat(RedisTroubles.reason(new IllegalStateException()))
        .isEqualTo("IllegalStateException");
    assertThat(RedisTroubles.reason(new IllegalStateException(" ")))
        .isEqualTo("IllegalStateException");
  }

  @Test
  void manyConnections_areOneTrouble_andOverWithTheLast() {
    fail("refused");
    troubles.failed("another", new IllegalStateException("refused"));
    assertThat(said.list).hasSize(1);
    troubles.over("one");
    assertThat(said.list).hasSize(1);
    troubles.over("another");
    assertThat(said.list).hasSize(2);
    fail("refused");
    troubles.forget("one");
    troubles.over("one");
    assertThat(said.list).as("given up, not over").hasSize(3);
  }

  @Test
  void refusals_areSaidOnceAMinute_eachKindForItself() {
    for (int second = 0; second < 120; second++) {
      troubles.refused("control call", new IllegalStateException("OOM command not …"));
      troubles.refused("SET", new IllegalStateException("OOM command not allowed when …"));
      troubles.refused("MGET", new IllegalStateException("NOPERM this user has no …"));
      nanos += Duration.ofSeconds(1).toNanos();
    }
    assertThat(said.list).hasSize(4);
    assertThat(said.list.getFirst().getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly("redis=cache:6380", "command=control call", "reason=OOM command not …");
  }

  @Test
  void refusals_areOfABoundedNumber() {
    for (int i = 0; i < 100; i++) {
      troubles.refused("SET", new IllegalStateException("ODD" + i));
    }
    assertThat(said.list).hasSize(64);
  }
}
