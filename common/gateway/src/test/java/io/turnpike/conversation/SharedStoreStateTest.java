package io.turnpike.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SharedStoreStateTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(Conversations.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final SharedStoreState state = new SharedStoreState();

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(said);
  }

  private void trouble(int times) {
    for (int i = 0; i < times; i++) {
      state.trouble("late");
    }
  }

  @Test
  void store_isDown_afterFiveTroublesInARow() {
    trouble(4);
    state.answered();
    trouble(4);
    assertThat(state.isUp()).isTrue();
    assertThat(said.list).isEmpty();
    trouble(1);
    assertThat(state.isUp()).isFalse();
  }

  @Test
  void change_isSaidOnce() {
    trouble(20);
    assertThat(said.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
    assertThat(said.list.getFirst().getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly("reason=late");
    state.answered();
    state.answered();
    assertThat(state.isUp()).isTrue();
    assertThat(said.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.INFO);
  }

  @Test
  void recovery_isSaid_alsoWhenTheStoreWentDownJustNow() {
    trouble(5);
    state.answered();
    assertThat(said.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.INFO);
  }
}
