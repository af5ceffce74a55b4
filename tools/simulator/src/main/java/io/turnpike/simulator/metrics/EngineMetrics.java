package io.turnpike.simulator.metrics;

import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.engine.EngineStats;
import io.turnpike.simulator.generation.RequestRecord;
import io.turnpike.simulator.text.BlockHashes;
import java.lang.management.ManagementFactory;

/** {@code GET /metrics} with vLLM 0.32.0's names (trace a07); what is not simulated stays 0. */
public final class EngineMetrics {

  private final String model;
  private final RequestRecord requests;
  private final EngineHistograms histograms;
  private final HandoffCounters handoffs;

  public EngineMetrics(
      String model, RequestRecord requests, EngineHistograms histograms, HandoffCounters handoffs) {
    this.model = model;
    this.requests = requests;
    this.histograms = histograms;
    this.handoffs = handoffs;
  }

  /** All of it. */
  public String text(EngineStats stats) {
    double started = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;
    MetricsText text = new MetricsText(model, started);
    process(text, started);
    load(text, stats);
    tokens(text, stats);
    ends(text);
    handoffs(text, stats);
    histograms.write(text);
    return text.toString();
  }

  private static void process(MetricsText text, double started) {
    Runtime runtime = Runtime.getRuntime();
    text.plainGauge("process_start_time_seconds", started)
        .plainGauge("process_resident_memory_bytes", runtime.totalMemory() - runtime.freeMemory())
        .plainCounter(
            "process_cpu_seconds_total",
            ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(d -> d.toMillis() / 1e3)
                .orElse(0.0));
  }

  private void load(MetricsText text, EngineStats stats) {
    text.gauge("vllm:num_requests_running", stats.running())
        .gauge("vllm:num_requests_waiting", stats.waiting())
        .gauges(
            "vllm:num_requests_waiting_by_reason",
            "reason",
            "capacity",
            stats.waiting(),
            "deferred",
            0)
        .gauges(
            "vllm:num_requests_kv_fetch_by_stage",
            "stage",
            "waiting_to_start",
            0,
            "in_progress",
            0,
            "completed_waiting",
            0)
        .gauge("vllm:kv_cache_usage_perc", stats.kvUsage())
        .gauges(
            "vllm:engine_sleep_state",
            "sleep_state",
            "awake",
            1,
            "weights_offloaded",
            0,
            "discard_all",
            0);
    text.head("vllm:cache_config_info", "gauge");
    text.sample(
        "vllm:cache_config_info",
        ",block_size=\"%d\",enable_prefix_caching=\"True\",kv_cache_size_tokens=\"%d\",num_gpu_blocks=\"%d\""
            .formatted(
                BlockHashes.BLOCK_TOKENS,
                (long) stats.kvBlocks() * BlockHashes.BLOCK_TOKENS,
                stats.kvBlocks()),
        1);
  }

  private static void tokens(MetricsText text, EngineStats stats) {
    long hits = stats.prefixHitTokens();
    long external = stats.externalTokens();
    long prompt = stats.promptTokens();
    text.counter("vllm:prompt_tokens", prompt)
        .counter("vllm:generation_tokens", stats.generatedTokens())
        .counter("vllm:prefix_cache_queries", prompt)
        .counter("vllm:prefix_cache_hits", hits)
        .counter("vllm:external_prefix_cache_queries", prompt - hits)
        .counter("vllm:external_prefix_cache_hits", external)
        .counter("vllm:prompt_tokens_cached", hits + external)
        .counters(
            "vllm:prompt_tokens_by_source",
            "source",
            "local_compute",
            prompt - hits - external,
            "local_cache_hit",
            hits,
            "external_kv_transfer",
            external)
        .counters(
            "vllm:prompt_tokens_cached_by_source",
            "source",
            "device",
            hits,
            "p2p",
            external,
            "host",
            0,
            "disk",
            0,
            "external_unspecified",
            0)
        .counter("vllm:num_preemptions", stats.preemptions());
  }

  private void ends(MetricsText text) {
    text.counters(
            "vllm:request_success",
            "finished_reason",
            "stop",
            requests.stopped(),
            "length",
            requests.reachedLength(),
            "abort",
            requests.cutShort(),
            "error",
            requests.failed(),
            "repetition",
            0)
        .counters(
            "vllm:admission_rejections",
            "reason",
            "max_num_queued_reqs",
            0,
            "max_num_queued_tokens",
            0);
  }

  private void handoffs(MetricsText text, EngineStats stats) {
    text.counter("vllm:nixl_num_failed_transfers", handoffs.failedTransfers.sum())
        .counter("vllm:nixl_num_failed_notifications", handoffs.failedNotifications.sum())
        .counter("vllm:nixl_num_kv_expired_reqs", stats.expiredLeases())
        .counter(
            "vllm:nixl_num_notifications_after_expiry", handoffs.notificationsAfterExpiry.sum());
    sumAndCount(text, "vllm:nixl_xfer_time_seconds", handoffs.transferNanos.sum() / 1e9, handoffs);
    sumAndCount(text, "vllm:nixl_bytes_transferred", handoffs.transferredBytes.sum(), handoffs);
    sumAndCount(text, "vllm:nixl_num_descriptors", handoffs.descriptors.sum(), handoffs);
  }

  private static void sumAndCount(
      MetricsText text, String name, Number sum, HandoffCounters counters) {
    long count = counters.transfers.sum();
    text.head(name, "histogram");
    text.sample(name + "_bucket", ",le=\"+Inf\"", count);
    text.sample(name + "_count", "", count).sample(name + "_sum", "", sum);
  }
}
