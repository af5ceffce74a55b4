package io.turnpike.bench.study;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a study is: only one of the same can be resumed.
 *
 * @param history whether a turn's prompt begins with all that was said
 * @param conditions how it is measured
 * @param clientPool connections at most; 0 for no bound
 * @param goodput the objective; empty for none
 * @param warmUp conversations that are not counted
 */
public record StudyConfig(
    List<Named> workloads,
    List<Double> qpsSweep,
    double durationS,
    int turns,
    String history,
    long seed,
    @JsonUnwrapped Conditions conditions,
    int clientPool,
    String goodput,
    int warmUp) {

  /**
   * A workload.
   *
   * @param inputTokens as it is called, like {@code outputTokens}
   * @param realInputTokens that simulated engines get, like {@code realOutputTokens}; null on
   *     servers, which get what they are called and count themselves
   */
  public record Named(
      String name,
      String description,
      int inputTokens,
      int outputTokens,
      @Nullable Integer realInputTokens,
      @Nullable Integer realOutputTokens,
      String expectedWinner) {

    /** As it is measured under these conditions. */
    public static Named of(Workload w, Conditions conditions) {
      boolean virtual = conditions.measured().equals(Conditions.VIRTUAL);
      return new Named(
          w.name(),
          w.description(),
          w.inputTokens(),
          w.outputTokens(),
          virtual ? w.realInputTokens() : null,
          virtual ? w.realOutputTokens() : null,
          w.expectedWinner());
    }
  }

  public StudyConfig {
    workloads = List.copyOf(workloads);
    qpsSweep = List.copyOf(qpsSweep);
  }
}
