package io.turnpike.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.fixtures.recording.RecordedExchange;
import io.turnpike.fixtures.recording.Recording;
import io.turnpike.node.Role;
import io.turnpike.simulator.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends what was sent to real vLLM 0.32.0 engines to simulated ones and compares status, headers,
 * JSON keys with their order and types, and the order of events.
 */
class RecordedWireIT {

  private static final SimulatorOptions TINY =
      SimulatorOptions.DEFAULT.withModel("tiny").withMaxModelLen(4_096);

  private static SimulatedEngine single;
  private static SimulatedEngine prefill;
  private static SimulatedEngine decode;

  @BeforeAll
  static void start() {
    single = SimulatedEngine.start(TINY.withConnector(Connectors.NONE));
    prefill = SimulatedEngine.start(TINY.withRole(Role.PREFILL));
    decode = SimulatedEngine.start(TINY.withRole(Role.DECODE));
  }

  @AfterAll
  static void stop() {
    single.close();
    prefill.close();
    decode.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a01-ops",
        "a02-chat",
        "a03-chat-stream",
        "a05-completions",
        "b01-two-legs-then-turn-2-on-d",
        "b02-two-legs-stream",
        "b03-p-leg-stream-true",
        "b04-two-legs-completions",
        "b09-n-2",
        "b12-params-to-an-engine-without-connector",
        "c01-bad-requests"
      })
  void answers_haveTheRecordedShape(String name) throws Exception {
    List<RecordedExchange> recorded = Recording.of(name);
    assertThat(recorded).isNotEmpty();
    JsonNode params = Json.MAPPER.nullNode();
    for (RecordedExchange exchange : recorded) {
      Answered got = send(exchange, params);
      compare(exchange, got);
      if (exchange.engine().equals("P") && got.events().isEmpty()) {
        params = Json.MAPPER.readTree(got.body()).path("kv_transfer_params");
      }
    }
  }

  private static Answered send(RecordedExchange exchange, JsonNode params) throws Exception {
    SimulatedEngine engine =
        switch (exchange.engine()) {
          case "P" -> prefill;
          case "D" -> decode;
          default -> single;
        };
    String body = exchange.requestBody().replace(Recording.LONG_PROMPT, "word ".repeat(8_000));
    if (exchange.engine().equals("D") && body.contains("remote_engine_id")) {
      ObjectNode json = (ObjectNode) Json.MAPPER.readTree(body);
      body = json.set("kv_transfer_params", params).toString();
    }
    return RawHttp.send(
        engine.port(), exchange.method(), exchange.path(), exchange.requestHeaders(), body);
  }

  private static void compare(RecordedExchange recorded, Answered got) {
    assertThat(got.status())
        .as("%s: status, body %s", recorded, got.body())
        .isEqualTo(recorded.status());
    Map<String, String> headers = new LinkedHashMap<>(got.headers());
    assertThat(headers).as("%s: date", recorded).containsKey("date");
    headers.keySet().removeAll(List.of("date", "content-length"));
    Map<String, String> wanted = new LinkedHashMap<>(recorded.headers());
    wanted.remove("endpoint-load-metrics");
    assertThat(headers).as("%s: headers", recorded).isEqualTo(wanted);
    if (recorded.status() >= 400 && !recorded.body().isEmpty()) {
      compareError(recorded, got);
    } else {
      assertThat(shape(got.body())).as("%s: body", recorded).isEqualTo(shape(recorded.body()));
    }
    assertThat(shapes(got.events()))
        .as("%s: events", recorded)
        .isEqualTo(shapes(recorded.events()));
  }

  /** Errors are the same to the letter but for where in a broken body the parser stopped. */
  private static void compareError(RecordedExchange recorded, Answered got) {
    if (recorded.body().contains("json_invalid")) {
      assertThat(shape(got.body())).as("%s: body", recorded).isEqualTo(shape(recorded.body()));
      assertThat(got.body()).contains("'type': 'json_invalid', 'loc': 'body.");
    } else {
      assertThat(got.body()).as("%s: body", recorded).isEqualTo(recorded.body());
    }
  }

  /** Shapes of events, equal neighbours told once: real tokens are sometimes sent together. */
  private static List<String> shapes(List<String> events) {
    List<String> shapes = new ArrayList<>();
    for (String event : events) {
      String shape = event.equals("[DONE]") ? event : shape(event);
      if (shapes.isEmpty() || !shapes.getLast().equals(shape)) {
        shapes.add(shape);
      }
    }
    return shapes;
  }

  private static String shape(String json) {
    return json.isEmpty() ? "" : shape(Json.MAPPER.readTree(json));
  }

  private static String shape(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        List<String> fields = new ArrayList<>();
        node.properties().forEach(one -> fields.add(one.getKey() + ":" + shape(one.getValue())));
        yield fields.toString();
      }
      case ARRAY -> "list(" + (node.isEmpty() || node.get(0).isNumber() ? "" : each(node)) + ")";
      default -> node.getNodeType().name();
    };
  }

  private static String each(JsonNode list) {
    List<String> shapes = new ArrayList<>();
    list.forEach(one -> shapes.add(shape(one)));
    return String.join(", ", shapes);
  }
}
