package io.turnpike.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import io.turnpike.simulator.http.SimulatedEngine;
import io.turnpike.simulator.http.SimulatorOptions;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerFactsIT {

  @Test
  void aSimulatedEngine_isKnown_andAnythingElseIsNot() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT);
        OddServer other = new OddServer(List.of(Deed.FINE))) {
      ServerFacts simulated = ServerFacts.of(URI.create(engine.url()));
      assertThat(simulated.isSimulated()).isTrue();
      assertThat(simulated.engines().getFirst().version()).isNotEmpty();
      assertThat(simulated.engines().getFirst().kvBlocks()).isNotEmpty();
      assertThat(ServerFacts.of(other.url()).isSimulated()).isFalse();
    }
  }
}
