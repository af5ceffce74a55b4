package io.turnpike.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.gateway.RunningGateway;
import io.turnpike.membership.ClusterSource;
import io.turnpike.simulator.http.SimulatedEngine;
import io.turnpike.simulator.http.SimulatorOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Simulated engines behind {@code --api-key}, each with a model of its own. */
class GuardedEnginesIT {

  private static final String ENGINE_KEY = "engines-only";

  @Test
  void models_areListed_andTurnsGoToTheEngineThatServesTheirs() {
    try (SimulatedEngine small = engine("small");
        SimulatedEngine large = engine("large");
        RunningGateway gateway = gateway(small, large, ENGINE_KEY)) {
      JsonNode data =
          JsonMapper.shared().readTree(Wire.get(gateway.port(), "/v1/models").body()).path("data");
      assertThat(data.valueStream().map(model -> model.path("id").asString()))
          .containsExactlyInAnyOrder("small", "large");
      assertThat(data.path(0).has("max_model_len")).as("as its engine describes it").isTrue();
      for (String model : List.of("small", "large", "small", "large")) {
        Answer answer = turn(gateway, model);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-turnpike-decode")).isEqualTo(model);
      }
    }
  }

  @Test
  void engines_stayUsable_whenTheKeyIsNotTheirs_butTheirModelsAreNotKnown() {
    try (SimulatedEngine small = engine("small");
        SimulatedEngine large = engine("large");
        RunningGateway gateway = gateway(small, large, "another")) {
      assertThat(gateway.bean(ClusterSource.class).current().nodes())
          .allSatisfy(node -> assertThat(node.models()).isEmpty());
      assertThat(Wire.get(gateway.port(), "/v1/models").body())
          .isEqualTo("{\"object\":\"list\",\"data\":[]}");
      assertThat(turn(gateway, "small").status()).as("the engine's own answer").isEqualTo(401);
    }
  }

  private static SimulatedEngine engine(String model) {
    return SimulatedEngine.start(
        SimulatorOptions.DEFAULT.withModel(model).withSpeed(0).withApiKey(ENGINE_KEY));
  }

  private static RunningGateway gateway(SimulatedEngine small, SimulatedEngine large, String key) {
    return RunningGateway.startReady(
        ReplicationApplication.class,
        "turnpike.engine.api-key=" + key,
        "turnpike.cluster.replica-urls=small=http://127.0.0.1:%d,large=http://127.0.0.1:%d"
            .formatted(small.port(), large.port()));
  }

  private static Answer turn(RunningGateway gateway, String model) {
    return Wire.post(
        gateway.port(),
        "/v1/chat/completions",
        "{\"model\":\"%s\",\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
            .formatted(model));
  }
}
