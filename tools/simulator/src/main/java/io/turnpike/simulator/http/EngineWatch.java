package io.turnpike.simulator.http;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Connector;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.generation.SequenceWatch;
import io.turnpike.simulator.log.EngineLog;
import io.turnpike.simulator.log.StatsLine;
import io.turnpike.simulator.metrics.EngineHistograms;

/** Tells metrics and log of each sequence. Driver's thread only. */
final class EngineWatch implements SequenceWatch {

  private final EngineHistograms histograms;
  private final StatsLine stats;
  private final EngineLog log;
  private final Connector connector;

  EngineWatch(EngineHistograms histograms, StatsLine stats, EngineLog log, Connector connector) {
    this.histograms = histograms;
    this.stats = stats;
    this.log = log;
    this.connector = connector;
  }

  @Override
  public void firstToken(long nanos) {
    histograms.firstToken(nanos);
  }

  @Override
  public void betweenTokens(long nanos) {
    histograms.betweenTokens(nanos);
  }

  /** Only the connector over a shared store tells of each hit (vLLM's ExampleConnector). */
  @Override
  public void finished(Finished finished, Times times) {
    histograms.finished(finished, times);
    stats.add(finished);
    if (finished.externalTokens() > 0 && connector.equals(Connectors.SHARED_STORAGE)) {
      log.info("External Cache Hit!");
    }
  }
}
