package io.turnpike.simulator.http;

import static java.util.Objects.requireNonNull;

import io.turnpike.simulator.connector.HandoffCounters;
import io.turnpike.simulator.connector.Leg;
import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.fault.EngineFaults;
import io.turnpike.simulator.fault.Faults;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.log.EngineLog;
import io.turnpike.simulator.wire.Json;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An engine that is asked without sockets; it has no connector. */
final class SocketlessEngine implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final EngineFaults NO_ENGINE_FAULTS =
      new EngineFaults() {
        @Override
        public void dropKv() {}

        @Override
        public void die() {}

        @Override
        public void exit() {}
      };

  final EngineService service;

  SocketlessEngine(SimulatorOptions options) {
    this(options, System::nanoTime);
  }

  /** The engine's time is what the clock says; it looks at it whenever it is asked something. */
  SocketlessEngine(SimulatorOptions options, LongSupplier clock) {
    EngineDriver driver =
        new EngineDriver(
            new EngineCore(SimulatedEngine.profile(options), SimulatedEngine.coreOptions(options)),
            options.speed(),
            clock,
            lease -> {});
    this.service =
        new EngineService(
            options,
            new EngineService.Parts(
                driver, (sequence, events) -> Leg.LOCAL, new HandoffCounters(), driver::kill),
            new Faults(NO_ENGINE_FAULTS),
            EngineLog.NONE);
  }

  static ObjectNode chat(String text, int maxTokens) {
    return EngineClient.chat(text, maxTokens);
  }

  Response send(String method, String path, String body) {
    return requireNonNull(service.handle(Request.of(method, path, body)).block(PATIENCE));
  }

  Response send(ObjectNode chat) {
    return send("POST", "/v1/chat/completions", chat.toString());
  }

  JsonNode json(ObjectNode chat) {
    return Json.MAPPER.readTree(((Response.Whole) send(chat)).body());
  }

  Flux<String> stream(ObjectNode chat) {
    return ((Response.Events) send(chat.deepCopy().put("stream", true))).data();
  }

  List<String> events(ObjectNode chat) {
    return requireNonNull(stream(chat).collectList().block(PATIENCE));
  }

  void fault(String kind, int afterChunks) {
    ObjectNode fault = Json.object().put("kind", kind).put("after_chunks", afterChunks);
    assert send("POST", "/sim/fault", fault.toString()).status() == 200;
  }

  JsonNode state() {
    return Json.MAPPER.readTree(((Response.Whole) send("GET", "/sim/state", "")).body());
  }

  String metrics() {
    return ((Response.Whole) send("GET", "/metrics", "")).text();
  }

  @Override
  public void close() {
    service.close();
  }
}
