package io.turnpike.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.figures.KvSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void comparison_marksASpeedUp_onlyBeyondNoise() {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put(
        "pd",
        turns(
            "disaggregated", new double[][] {{100, 90}, {101, 93}, {99, 87}, {98, 89}, {102, 91}}));
    measured.put(
        "ppd",
        turns(
            "decode-direct", new double[][] {{99, 30}, {102, 32}, {99, 28}, {99, 29}, {101, 31}}));
    Comparison comparison = Comparison.of(measured, 5, 2);
    assertThat(comparison.turns()).hasSize(2);
    assertThat(comparison.turns().get(0).ttft().isWithinNoise()).isTrue();
    assertThat(comparison.turns().get(1).ttft().isWithinNoise()).isFalse();
    assertThat(comparison.later().ttft().speedUp()).isEqualTo(3.0);
    assertThat(Verdict.of(comparison).getFirst())
        .startsWith("TTFT of turns after the first: ppd is 3.00 times as fast as pd (pd 90.0 ms,");
    assertThat(Verdict.doubts(comparison)).isEmpty();
  }

  @Test
  void threeConversations_areNeverSure() {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("pd", turns("disaggregated", new double[][] {{100, 90}, {101, 93}, {99, 87}}));
    measured.put("ppd", turns("decode-direct", new double[][] {{99, 30}, {102, 32}, {99, 28}}));
    Comparison comparison = Comparison.of(measured, 3, 2);
    Comparison.Row second = comparison.turns().get(1);
    assertThat(second.ttft().isWithinNoise()).isFalse();
    assertThat(second.isSure(second.ttft())).isFalse();
    assertThat(Verdict.of(comparison).getFirst()).contains("too few conversations to be sure");
    assertThat(table(comparison)).contains("3.00×~");
  }

  @Test
  void aTurnThatGoesTheSameWayInBothModes_isNeverSure() {
    double[][] slow = {{100}, {101}, {99}, {100}, {101}, {99}};
    double[][] fast = {{90}, {91}, {89}, {90}, {91}, {89}};
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("pd", turns("disaggregated", slow));
    measured.put("ppd", turns("disaggregated", fast));
    Comparison comparison = Comparison.of(measured, 6, 1);
    Comparison.Row first = comparison.turns().getFirst();
    assertThat(first.ttft().isWithinNoise()).isFalse();
    assertThat(first.sameWay()).isTrue();
    assertThat(first.isSure(first.ttft())).isFalse();
    assertThat(table(comparison)).contains("1.11×=");
    assertThat(Verdict.of(comparison).getFirst()).contains("the same way in both modes");
    measured.put("ppd", turns("replica", fast));
    Comparison.Row other = Comparison.of(measured, 6, 1).turns().getFirst();
    assertThat(other.isSure(other.ttft())).isTrue();
  }

  private static String table(Comparison comparison) {
    return ComparisonTable.text(comparison, new LinkedHashMap<>(), KvSize.LLAMA_8B);
  }

  @Test
  void verdict_saysThatADifferenceIsWithinNoise() {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("pd", turns("disaggregated", new double[][] {{100, 50}, {101, 93}, {99, 70}}));
    measured.put("ppd", turns("decode-direct", new double[][] {{99, 90}, {102, 52}, {99, 60}}));
    assertThat(Verdict.of(Comparison.of(measured, 3, 2)).getFirst())
        .contains("no difference beyond noise");
  }

  @Test
  void verdict_isSilentAboutNoise_withOneConversation() {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("pd", turns("disaggregated", new double[][] {{100, 50}}));
    measured.put("ppd", turns("decode-direct", new double[][] {{99, 10}}));
    Comparison comparison = Comparison.of(measured, 1, 2);
    assertThat(comparison.later().ttft().isWithinNoise()).isTrue();
    assertThat(Verdict.of(comparison).getFirst()).contains("says nothing about noise");
  }

  @Test
  void aTurnThatFailedInOneMode_isComparedInNone_andCounted() {
    List<Measurement> ppd = turns("decode-direct", new double[][] {{99, 30}, {102, 32}});
    ppd.set(3, turn(1, 2, "", 0, Failure.of(Failure.Kind.CUT, "cut")));
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("pd", turns("disaggregated", new double[][] {{100, 90}, {101, 1000}}));
    measured.put("ppd", ppd);
    Comparison comparison = Comparison.of(measured, 3, 2);
    assertThat(comparison.turns().get(1).pairs()).isEqualTo(1);
    assertThat(comparison.turns().get(1).ttft().first().mean()).isEqualTo(90);
    assertThat(comparison.conversation().first().runs()).isEqualTo(1);
    assertThat(comparison.totals().get(1).failures())
        .containsExactly(Map.entry("cut", 1L), Map.entry("not_sent", 2L));
    assertThat(comparison.totals().get(0).failures()).containsExactly(Map.entry("not_sent", 2L));
  }

  @Test
  void directTurnsInModePd_areADoubt() {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("pd", turns("decode-direct", new double[][] {{100, 90}}));
    measured.put("ppd", turns("decode-direct", new double[][] {{100, 90}}));
    assertThat(Verdict.doubts(Comparison.of(measured, 1, 2)))
        .singleElement()
        .asString()
        .startsWith("2 turns of mode pd went straight to D");
  }

  @Test
  void table_fits100Columns_andSaysWhatIsUnknown() {
    Map<String, List<Measurement>> measured = new LinkedHashMap<>();
    measured.put("replication", turns("replica", new double[][] {{98765.4, 0.1}, {1, 12345.6}}));
    measured.put("ppd", turns("decode-direct", new double[][] {{98765.4, 0.1}, {1, 98765.4}}));
    Map<String, CacheLedger> caches = new LinkedHashMap<>();
    caches.put("replication", new CacheLedger());
    String text = ComparisonTable.text(Comparison.of(measured, 2, 2), caches, KvSize.LLAMA_8B);
    assertThat(text.lines()).allMatch(line -> line.length() <= 100);
    assertThat(text).contains("replication unknown: nothing was measured");
    assertThat(ComparisonJson.of(Comparison.of(measured, 2, 2), caches).engineCaches())
        .isEqualTo(Map.of("replication", "unknown"));
  }

  private static List<Measurement> turns(String route, double[][] ttft) {
    List<Measurement> turns = new ArrayList<>();
    for (int conversation = 0; conversation < ttft.length; conversation++) {
      for (int turn = 1; turn <= ttft[conversation].length; turn++) {
        turns.add(turn(conversation, turn, route, ttft[conversation][turn - 1], null));
      }
    }
    return turns;
  }

  private static Measurement turn(
      int conversation,
      int turn,
      String route,
      double ttftMillis,
      @org.jspecify.annotations.Nullable Failure failure) {
    long first = Math.round(ttftMillis * 1e6);
    return new Measurement(
        0,
        conversation,
        turn,
        0,
        0,
        0,
        first,
        first + 500_000_000,
        100,
        10,
        0,
        TokenSource.USAGE,
        10,
        0,
        route,
        "",
        failure);
  }
}
