package io.turnpike.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.configuration.StartRefused;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.Role;
import io.turnpike.registry.address.AllowedAddresses;
import io.turnpike.registry.kubernetes.PodRules.Names;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a pod is. */
class PodRulesTest {

  private static final AllowedAddresses ALLOWED = AllowedAddresses.of("p", List.of());

  private final PodRules rules =
      new PodRules(
          Map.of(Role.PREFILL, Map.of("app", "p"), Role.DECODE, Map.of("model", "m-decode")),
          Names.POD,
          8000,
          ALLOWED);

  @ParameterizedTest
  @CsvSource({
    "turnpike.io/role, prefill, PREFILL",
    "turnpike.io/role, decode, DECODE",
    "turnpike.io/role, replica, REPLICA",
    "llm-d.ai/role, prefill, PREFILL",
    "llm-d.ai/role, encode-prefill, PREFILL",
    "llm-d.ai/role, decode, DECODE",
    "llm-d.ai/role, prefill-decode, REPLICA",
    "llm-d.ai/role, both, REPLICA",
    "llm-d.ai/role, encode-prefill-decode, REPLICA",
    "app, p, PREFILL",
    "model, m-decode, DECODE"
  })
  void role_isWhatALabelSays(String label, String value, Role role) {
    Registration found = engine(Pods.ready("a", "10.0.0.1", label, value));
    assertThat(found.spec().role()).isEqualTo(role);
    assertThat(found.spec().connector().word()).isEqualTo(role == Role.REPLICA ? "none" : "nixl");
  }

  @ParameterizedTest
  @CsvSource({"llm-d.ai/role, encode", "llm-d.ai/role, unheard-of", "app, other", "x, y"})
  void pod_isNoEngine_whereNoLabelSaysSo(String label, String value) {
    assertThat(rules.read(Pods.ready("a", "10.0.0.1", label, value)))
        .isEqualTo(new Pod.Other("uid-a", ""));
  }

  @Test
  void ours_outweighTheirs() {
    JsonNode pod =
        Pods.ready(
            "a", "10.0.0.1", "llm-d.ai/role", "prefill", "turnpike.io/role", "decode", "app", "p");
    assertThat(engine(pod).spec().role()).isEqualTo(Role.DECODE);
  }

  @Test
  void engine_isNamedByItsPod_andLivesAsLong() {
    Registration found =
        engine(
            Pods.ready(
                "d-0", "10.0.0.1", "turnpike.io/role", "decode", "turnpike.io/port", "8200"));
    NodeSpec spec = found.spec();
    assertThat(spec.id().value()).isEqualTo("d-0");
    assertThat(spec.url()).hasToString("http://10.0.0.1:8200");
    assertThat(found.origin()).isEqualTo(Origin.DISCOVERED);
    assertThat(found.engineId()).isEqualTo("uid-d-0");
    assertThat(found.standing()).isEqualTo(Standing.OFFERED);
  }

  @Test
  void engine_hasTheNamespaceBeforeItsName_whereAllAreWatched() {
    PodRules all = new PodRules(Map.of(), Names.NAMESPACE_AND_POD, 8000, ALLOWED);
    assertThat(all.read(Pods.ready("a", "fd01::1", "turnpike.io/role", "decode")))
        .isInstanceOfSatisfying(
            Pod.Engine.class,
            it -> {
              assertThat(it.registration().spec().id().value()).isEqualTo("default.a");
              assertThat(it.registration().spec().url()).hasToString("http://[fd01::1]:8000");
            });
  }

  @Test
  void engine_whoseNameIsTooLong_isNamedByItsAddress() {
    String name = "a".repeat(200);
    assertThat(engine(Pods.ready(name, "10.0.0.1", "app", "p")).spec().id().value())
        .isEqualTo("10.0.0.1:8000");
  }

  @Test
  void socket_isOnThePodsAddress() {
    JsonNode pod =
        Pods.ready(
            "a",
            "10.0.0.1",
            "app",
            "p",
            "turnpike.io/connector",
            "p2p-nccl",
            "turnpike.io/zmq-port",
            "21001");
    assertThat(engine(pod).spec().zmqAddress()).isEqualTo("10.0.0.1:21001");
  }

  @Test
  void pod_thatIsNotReadyOrEnds_isWithheld() {
    var pod = Pods.ready("a", "10.0.0.1", "app", "p");
    assertThat(engine(Pods.notReady(pod)).standing()).isEqualTo(Standing.WITHHELD);
    assertThat(engine(Pods.notReady(pod)).note()).isEqualTo("its pod is not ready");
    assertThat(engine(Pods.ending(pod)).standing()).isEqualTo(Standing.WITHHELD);
    assertThat(engine(Pods.ending(pod)).note()).isEqualTo("its pod ends");
  }

  @Test
  void pod_withoutAnAddress_orOver_isNoEngine() {
    assertThat(rules.read(Pods.ready("a", "", "app", "p"))).isInstanceOf(Pod.Other.class);
    var pod = Pods.ready("a", "10.0.0.1", "app", "p");
    assertThat(rules.read(Pods.in("Failed", pod))).isInstanceOf(Pod.Other.class);
    assertThat(rules.read(Pods.in("Succeeded", pod))).isInstanceOf(Pod.Other.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turnpike.io/role | boss | 10.0.0.1 | pod a: role: \"boss\"",
        "turnpike.io/port | http | 10.0.0.1 | pod a: label turnpike.io/port: http",
        "turnpike.io/connector | magic | 10.0.0.1 | pod a: connector: \"magic\"",
        "turnpike.io/connector | p2p-nccl | 10.0.0.1 | pod a: label turnpike.io/zmq-port: missing",
        "x | y | 169.254.169.254 | pod a: address 169.254.169.254: link-local"
      })
  void mistake_isSaid(String label, String value, String address, String beginning) {
    assertThat(rules.read(Pods.ready("a", address, "app", "p", label, value)))
        .isInstanceOfSatisfying(
            Pod.Other.class, other -> assertThat(other.mistake()).startsWith(beginning));
  }

  @Test
  void selector_isPairs() {
    assertThat(PodRules.selector("p", "a=b, c/d=e")).isEqualTo(Map.of("a", "b", "c/d", "e"));
    assertThat(PodRules.selector("p", " ")).isEmpty();
    assertThatThrownBy(() -> PodRules.selector("p", "a in (b)"))
        .isInstanceOf(StartRefused.class)
        .hasMessageStartingWith("p: \"a in (b)\"");
  }

  private Registration engine(JsonNode pod) {
    return rules.read(pod) instanceof Pod.Engine engine
        ? engine.registration()
        : org.assertj.core.api.Assertions.fail(rules.read(pod).toString());
  }
}
