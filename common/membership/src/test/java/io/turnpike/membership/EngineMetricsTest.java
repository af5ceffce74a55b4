package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineMetricsTest {

  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void parse_readsThePageOfVllm032_sumsRanks() {
    EngineMetrics metrics =
        parse(
            """
            # HELP vllm:num_requests_running Number of requests in model execution batches.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="a } b"} 2.0
            vllm:num_requests_running{engine="1",model_name="a } b"} 3.0
            vllm:num_requests_waiting{engine="0"} 4.0
            vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 99.0
            vllm:kv_cache_usage_perc{engine="0"} 0.5
            vllm:kv_cache_usage_perc{engine="1"} 0.25
            vllm:prefix_cache_queries_total{engine="0"} 1.2e+06
            vllm:prefix_cache_queries_created{engine="0"} 1.79522150237e+09
            vllm:external_prefix_cache_hits_total{engine="0"} 77.0
            vllm:prefix_cache_hits_total{engine="0"} 600.0 1795221502000
            process_start_time_seconds 1.79522150237e+09
            """);
    assertThat(metrics.load().running()).isEqualTo(5);
    assertThat(metrics.load().waiting()).isEqualTo(4);
    assertThat(metrics.load().kvUsage()).isEqualTo(0.375);
    assertThat(metrics.load().prefixQueryTokens()).isEqualTo(1_200_000);
    assertThat(metrics.load().prefixHitTokens()).isEqualTo(600);
    assertThat(metrics.load().at()).isEqualTo(AT);
    assertThat(metrics.processStart()).isEqualTo("1795221502.37");
  }

  @Test
  void parse_readsOldNames_andDoesNotCountBoth() {
    assertThat(parse("vllm:gpu_cache_usage_perc 0.5\n").load().kvUsage()).isEqualTo(0.5);
    EngineMetrics both =
        parse(
            "vllm:gpu_prefix_cache_hits_total 7\nvllm:prefix_cache_hits_total 7\n"
                + "vllm:gpu_prefix_cache_queries_total 9");
    assertThat(both.load().prefixHitTokens()).isEqualTo(7);
    assertThat(both.load().prefixQueryTokens()).isEqualTo(9);
  }

  @Test
  void parse_leavesOut_whatItDoesNotUnderstand() {
    EngineMetrics metrics =
        parse(
            """
            vllm:num_requests_running NaN
            vllm:num_requests_running{ 1
            vllm:num_requests_waiting -5
            process_start_time_seconds 1e999
            process_start_time_seconds 1e300
            process_start_time_seconds
            vllm:
            p
            """);
    assertThat(metrics.load().running()).isZero();
    assertThat(metrics.load().waiting()).isZero();
    assertThat(metrics.processStart()).isNull();
  }

  @Test
  void parse_readsOldNames_alone() {
    EngineMetrics old =
        parse(
            """
            vllm:gpu_prefix_cache_hits_total 7
            vllm:gpu_prefix_cache_queries_total 9
            vllm:gpu_cache_usage_perc 0.5
            """);
    assertThat(old.load().prefixHitTokens()).isEqualTo(7);
    assertThat(old.load().prefixQueryTokens()).isEqualTo(9);
    assertThat(old.load().kvUsage()).isEqualTo(0.5);
  }

  @Test
  void kvUsage_isTheMeanOfAllRanks_alsoOfIdleOnes() {
    String ranks = "vllm:kv_cache_usage_perc{engine=\"%d\"} %s\n";
    assertThat(parse(ranks.formatted(0, "0.0") + ranks.formatted(1, "0.5")).load().kvUsage())
        .isEqualTo(0.25);
  }

  @Test
  void value_standsBehindTheLabels_withOrWithoutABlank_andWhateverFollowsIt() {
    assertThat(parse("vllm:num_requests_running{engine=\"0\"}5").load().running()).isEqualTo(5);
    assertThat(parse("vllm:num_requests_running 6 # {trace=\"x\"} 7").load().running())
        .isEqualTo(6);
    assertThat(parse("vllm:num_requests_running 8 1795221502000\r").load().running()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({"0, ", "0.5, 0.5", "1e11, 100000000000", "1e12, ", "-1, "})
  void processStart_isATimeThatCanBe(String seconds, @Nullable String start) {
    assertThat(parse("process_start_time_seconds " + seconds).processStart()).isEqualTo(start);
  }

  @Test
  void processStart_isTheFirstThatIsSaid() {
    assertThat(parse("process_start_time_seconds 7\nprocess_start_time_seconds 8").processStart())
        .isEqualTo("7");
  }

  @Property(tries = 300)
  void parse_neverFails(@ForAll byte[] page) {
    assertThat(EngineMetrics.parse(page, AT).load().kvUsage()).isBetween(0.0, 1.0);
  }

  private static EngineMetrics parse(String page) {
    return EngineMetrics.parse(page.getBytes(StandardCharsets.UTF_8), AT);
  }
}
