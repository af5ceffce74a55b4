package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.launcher.stack.StackException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a server that is away means for those who wait. */
class LooksTest {

  private final List<String> said = new ArrayList<>();
  private final Looks looks = new Looks(said::add, Duration.ZERO);

  @Test
  void server_thatIsAwayForAWhile_isWaitedFor_andSaidOnceEachTime() throws Exception {
    Deque<String> answers = new ArrayDeque<>(List.of("away", "away", "no", "away", "yes", "never"));
    looks.until(() -> answer(answers.removeFirst()));
    assertThat(answers).containsExactly("never");
    assertThat(said)
        .containsExactly(
            "gone; tried again until it answers", "gone; tried again until it answers");
  }

  @Test
  void patience_endsAlso_whileTheServerIsAway() {
    assertThatThrownBy(
            () ->
                looks.until(
                    () -> answer("away"), Duration.ZERO, () -> new StackException("too late")))
        .isInstanceOf(StackException.class)
        .hasMessage("too late");
  }

  @Test
  void refusal_endsIt() {
    assertThatThrownBy(() -> looks.until(() -> answer("refused")))
        .isInstanceOf(StackException.class)
        .hasMessage("forbidden");
    assertThat(said).isEmpty();
  }

  private static boolean answer(String word) {
    return switch (word) {
      case "away" -> throw new UnreachableException("gone");
      case "refused" -> throw new StackException("forbidden");
      default -> word.equals("yes");
    };
  }
}
