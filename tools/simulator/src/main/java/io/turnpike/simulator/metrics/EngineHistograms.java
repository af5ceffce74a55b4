package io.turnpike.simulator.metrics;

import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.generation.SequenceWatch;

/** The latency and size histograms of {@code /metrics}, with vLLM's buckets. Thread-safe. */
public final class EngineHistograms implements SequenceWatch {

  private static final double[] FIRST_TOKEN = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640, 2560
  };
  private static final double[] BETWEEN_TOKENS = {
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
  };
  private static final double[] REQUEST = {
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
  };
  private static final double[] TOKENS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000
  };

  private final Histogram firstToken = new Histogram(FIRST_TOKEN);
  private final Histogram betweenTokens = new Histogram(BETWEEN_TOKENS);
  private final Histogram endToEnd = new Histogram(REQUEST);
  private final Histogram prefill = new Histogram(REQUEST);
  private final Histogram decode = new Histogram(REQUEST);
  private final Histogram perOutputToken = new Histogram(BETWEEN_TOKENS);
  private final Histogram promptTokens = new Histogram(TOKENS);
  private final Histogram generationTokens = new Histogram(TOKENS);

  @Override
  public void firstToken(long nanos) {
    firstToken.record(seconds(nanos));
  }

  @Override
  public void betweenTokens(long nanos) {
    betweenTokens.record(seconds(nanos));
  }

  @Override
  public void finished(Finished finished, Times times) {
    int generated = finished.generatedTokens();
    double decodeSeconds = seconds(times.nanos() - times.firstTokenNanos());
    endToEnd.record(seconds(times.nanos()));
    prefill.record(seconds(times.firstTokenNanos()));
    decode.record(decodeSeconds);
    perOutputToken.record(decodeSeconds / Math.max(1, generated - 1));
    promptTokens.record(finished.request().prompt().tokens());
    generationTokens.record(generated);
  }

  void write(MetricsText text) {
    text.histogram("vllm:time_to_first_token_seconds", firstToken);
    text.histogram("vllm:inter_token_latency_seconds", betweenTokens);
    text.histogram("vllm:request_time_per_output_token_seconds", perOutputToken);
    text.histogram("vllm:e2e_request_latency_seconds", endToEnd);
    text.histogram("vllm:request_prefill_time_seconds", prefill);
    text.histogram("vllm:request_decode_time_seconds", decode);
    text.histogram("vllm:request_inference_time_seconds", endToEnd);
    text.histogram("vllm:request_prompt_tokens", promptTokens);
    text.histogram("vllm:request_generation_tokens", generationTokens);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
