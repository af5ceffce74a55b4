package io.turnpike.membership;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.control.ControlJson;
import io.turnpike.node.Node;
import io.turnpike.node.NodeLoad;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as {@link NodeCodec} writes it. What is not known is null, but for the last two: they are
 * absent.
 */
@ControlJson
record NodeJson(
    String id,
    String role,
    String url,
    String connector,
    String state,
    String epoch,
    List<String> models,
    @Nullable String zmqAddress,
    @Nullable String version,
    @Nullable Load load,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String suspicion,
    @JsonUnwrapped @Nullable Known known) {

  static NodeJson of(Node node, @Nullable Registration registration) {
    return new NodeJson(
        node.id().value(),
        node.role().word(),
        node.url().toString(),
        node.connector().word(),
        node.state().word(),
        node.epoch().value(),
        node.models(),
        node.zmqAddress(),
        node.version(),
        Load.of(node.load()),
        node.suspicion() == null ? null : node.suspicion().word(),
        registration == null ? null : Known.of(registration));
  }

  /** Its own metrics, and when they were read. */
  @ControlJson
  record Load(
      int running,
      int waiting,
      double kvUsage,
      long prefixQueryTokens,
      long prefixHitTokens,
      String at) {

    static @Nullable Load of(@Nullable NodeLoad load) {
      return load == null
          ? null
          : new Load(
              load.running(),
              load.waiting(),
              load.kvUsage(),
              load.prefixQueryTokens(),
              load.prefixHitTokens(),
              load.at().toString());
    }
  }

  /** How it came to be known. */
  @ControlJson
  record Known(
      String origin,
      @Nullable String engineId,
      @Nullable String note,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String standing) {

    static Known of(Registration registration) {
      return new Known(
          registration.origin().word(),
          registration.engineId(),
          registration.note(),
          registration.standing() == Registration.Standing.OFFERED
              ? null
              : registration.standing().word());
    }
  }
}
