package io.turnpike.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class RedisTroublesTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(RedisLink.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private long nanos;
  private final RedisTroubles troubles =
      new RedisTroubles(RedisURI.create("redis://me:secret@cache:6380"), () -> nanos);

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
    troubles.over();
    assertThat(said.list).isEmpty();
    fail("refused");
    troubles.over();
    troubles.over();
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

  @ParameterizedTest
  @CsvSource({
    "redis://cache:6379,redis://cache:6379",
    "redis://me:se@cret@cache:6379,redis://***@cache:6379",
    "http://:secret@cache,http://***@cache",
    "me:secret@cache,***@cache",
    "se@redis://cret,***@redis://cret"
  })
  void url_isShownWithoutItsPassword(String url, String shown) {
    assertThat(RedisUrl.shown(url)).isEqualTo(shown);
  }

  @Test
  void wrongUrl_isRefusedWithoutItsPassword() {
    assertThatThrownBy(() -> new RedisLink("http://:secret@cache"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://***@cache")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }
}
