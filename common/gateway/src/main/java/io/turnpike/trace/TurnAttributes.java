package io.turnpike.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.receipt.Receipt;
import org.jspecify.annotations.Nullable;

/**
 * What spans say, in the words of OpenTelemetry's semantic conventions for generative AI (1.41)
 * where they have one, else {@code turnpike.*}: the words of receipts. Nothing that was said.
 */
final class TurnAttributes {

  private static final String PROVIDER = "gen_ai.provider.name";
  private static final String VLLM = "vllm";

  private TurnAttributes() {}

  /** A turn's span: what was done, and with which model. */
  static String nameOf(Receipt receipt) {
    String operation = operation(receipt.api());
    return receipt.model() == null ? operation : operation + " " + receipt.model();
  }

  private static String operation(TurnApi api) {
    return switch (api) {
      case CHAT -> "chat";
      case COMPLETIONS -> "text_completion";
    };
  }

  static Attributes of(Receipt receipt, int tries) {
    AttributesBuilder all =
        Attributes.builder()
            .put("gen_ai.operation.name", operation(receipt.api()))
            .put(PROVIDER, VLLM)
            .put("http.request.method", "POST")
            .put("url.path", receipt.api().path())
            .put("turnpike.receipt", receipt.id())
            .put("turnpike.mode", receipt.mode())
            .put("turnpike.route", receipt.route().word())
            .put("turnpike.reason", receipt.reason().word())
            .put("turnpike.outcome", receipt.outcome().word())
            .put("turnpike.match", receipt.match())
            .put("turnpike.stream", receipt.stream())
            .put("turnpike.turn", receipt.turn())
            .put("turnpike.tries", tries)
            .put("turnpike.lost_handoffs", receipt.lostHandoffs());
    putKnown(all, "gen_ai.request.model", receipt.model());
    putKnown(all, "gen_ai.conversation.id", receipt.conversation());
    putKnown(all, "turnpike.caller", receipt.caller());
    putKnown(all, "turnpike.prefill", receipt.prefill());
    putKnown(all, "turnpike.decode", receipt.decode());
    putKnown(all, "gen_ai.usage.input_tokens", receipt.promptTokens());
    putKnown(all, "gen_ai.usage.cache_read.input_tokens", receipt.cachedTokens());
    putKnown(all, "gen_ai.usage.output_tokens", receipt.completionTokens());
    putKnown(all, "http.response.status_code", receipt.status() == 0 ? -1 : receipt.status());
    return all.build();
  }

  /** A leg's span: whom it asks. */
  static Attributes ofLeg(Node node) {
    AttributesBuilder all =
        Attributes.builder()
            .put(PROVIDER, VLLM)
            .put("turnpike.node", node.id().value())
            .put("turnpike.role", node.role().word());
    putKnown(all, "server.address", node.url().getHost());
    putKnown(all, "server.port", node.url().getPort());
    return all.build();
  }

  private static void putKnown(AttributesBuilder all, String key, @Nullable NodeId node) {
    if (node != null) {
      all.put(key, node.value());
    }
  }

  private static void putKnown(AttributesBuilder all, String key, @Nullable String value) {
    if (value != null) {
      all.put(key, value);
    }
  }

  private static void putKnown(AttributesBuilder all, String key, long value) {
    if (value >= 0) {
      all.put(key, value);
    }
  }
}
