package io.turnpike.bench.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.figures.Sample;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a cell's conversations in a result file: the keys of the original study's files, and
 * our own after them. Times in ms.
 *
 * @param transferredTokens whose KV went from P to D
 * @param transferredIsBound whether that is only the most it can have been
 * @param saturation how the server fell behind, empty if it did not
 * @param curvePercent percentiles of which curves consist
 */
public record TurnJson(
    int turn,
    int sampleCount,
    int successCount,
    @JsonUnwrapped(suffix = "_ttft") Percentiles ttft,
    @JsonUnwrapped(suffix = "_tpot") Percentiles tpot,
    @JsonUnwrapped(suffix = "_e2e") Percentiles e2e,
    double avgThroughputTps,
    long totalTokens,
    long cachedTokens,
    long promptTokens,
    long transferredTokens,
    boolean transferredIsBound,
    Map<String, Integer> routes,
    long goodCount,
    double goodputQps,
    String saturation,
    double avgTtftFromSend,
    double avgE2eFromSend,
    List<Double> curvePercent,
    List<Double> curveTtft,
    List<Double> curveE2e) {

  /** The original files have no 90th percentile of TPOT. */
  public record Percentiles(
      double avg, double p50, @JsonInclude(Include.NON_NULL) @Nullable Double p90, double p99) {

    static Percentiles of(Sample of) {
      return new Percentiles(of.mean(), of.percentile(50), of.percentile(90), of.percentile(99));
    }

    static Percentiles withoutP90(Sample of) {
      return new Percentiles(of.mean(), of.percentile(50), null, of.percentile(99));
    }
  }
}
