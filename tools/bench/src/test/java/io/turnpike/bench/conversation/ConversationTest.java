package io.turnpike.bench.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.conversation.Talks.Answers;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.simulator.workload.WorkloadSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationTest {

  private static final Prompts PROMPTS = new Prompts(1, PromptLengths.assumed());

  @Test
  void seededTalk_growsByTheSameBytes() {
    Talk talk = Talks.seeded(PROMPTS, new Talks.Shape(0, 1, 3, 32, 8), Answers.SEEDED).getFirst();
    List<String> second = talk.messages(2, List.of());
    List<String> third = talk.messages(3, List.of());
    assertThat(second).hasSize(3);
    assertThat(third).hasSize(5).startsWith(second.toArray(String[]::new));
    assertThat(talk.needsAnswers()).isFalse();
    assertThat(
            Talks.seeded(PROMPTS, new Talks.Shape(0, 1, 3, 32, 8), Answers.SEEDED)
                .getFirst()
                .messages(3, List.of()))
        .isEqualTo(third);
  }

  @Test
  void questions_takeTheRealAnswer_orAStandIn() throws Exception {
    List<Talk> real = Talks.questions(PROMPTS, 0, 80, 64, Answers.REAL);
    assertThat(real).hasSize(80).allMatch(talk -> talk.turns().size() == 2);
    assertThat(real.getFirst().messages(2, List.of("my answer")))
        .satisfies(
            said -> {
              assertThat(said.get(0)).startsWith("Compose an engaging travel blog post");
              assertThat(said.get(1)).isEqualTo("my answer");
              assertThat(said.get(2)).startsWith("Rewrite your previous response.");
            });
    assertThat(real.getFirst().needsAnswers()).isTrue();
    Talk seeded = Talks.questions(PROMPTS, 0, 1, 64, Answers.SEEDED).getFirst();
    assertThat(seeded.messages(2, List.of()).get(1)).hasSize(256);
  }

  @Test
  void traceTalk_hasNewWordsOnly_equalWhereTheTraceSaysSo_andTimesDividedBySpeed() {
    Content one = Content.of(new long[] {7, 8}, 512);
    Content other = Content.of(new long[] {7, 9}, 512);
    List<Talk> talks =
        Talks.ofTrace(
            List.of(
                session("a", new Turn(1024, 100, 1_000_000_000, 0, one)),
                session(
                    "b",
                    new Turn(1024, 100, 3_000_000_000L, 0, other),
                    new Turn(1324, 50, 0, 500_000_000, other))),
            PromptLengths.assumed(),
            2);
    String first = talks.get(0).messages(1, List.of()).getFirst();
    String second = talks.get(1).messages(1, List.of()).getFirst();
    assertThat(first).hasSize(4096);
    assertThat(second.substring(0, 2048)).isEqualTo(first.substring(0, 2048));
    assertThat(second.substring(2048)).isNotEqualTo(first.substring(2048));
    Talk.Said later = talks.get(1).turns().get(1);
    assertThat(later.words().get()).hasSize((1324 - 1024 - 100) * 4);
    assertThat(later.maxTokens()).isEqualTo(50);
    assertThat(later.pauseNanos()).isEqualTo(250_000_000);
    assertThat(talks.get(0).turns().getFirst().atNanos()).isZero();
    assertThat(talks.get(1).turns().getFirst().atNanos()).isEqualTo(1_000_000_000);
  }

  private static Session session(String name, Turn... turns) {
    return new Session(name, turns[0].atNanos(), 0, WorkloadSpec.Answers.MISS, List.of(turns));
  }

  @Test
  void anAnswer_isUnescaped() {
    assertThat(TalkRun.text("a\\n\\u00e4 \\\"b\\\"")).isEqualTo("a\nä \"b\"");
  }
}
