package io.turnpike.launcher.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {

  @Test
  void defaults_areWhatTheReadmePromises() {
    Plan plan = Plan.defaults();

    assertThat(plan.mode()).isEqualTo("ppd");
    assertThat(plan.redis()).isEqualTo(new RedisPlan.Embedded(16379));
    assertThat(plan.registry().zmqPort()).isEqualTo(30001);
    assertThat(plan.services())
        .extracting(s -> s.name() + " " + s.port() + " " + s.managementPort())
        .containsExactly("registry 10003 10090", "proxy-1 10001 10091", "replication 10002 10092");
    assertThat(plan.engines().engines())
        .extracting(e -> e.name() + " " + e.port())
        .containsExactly(
            "prefill-1 8100", "decode-1 8200", "decode-2 8201", "replica-1 8300", "replica-2 8301");
  }

  @Test
  void rolesWithoutEngines_areWrittenAsEmptyLists() {
    String yaml = Plan.parse("p", "engines: {prefill: 0, decode: 0, any: 2}").toYaml();
    assertThat(yaml).contains("prefill: []", "decode: []").doesNotContain("&", "*");
  }

  @Test
  void moreRegistries_haveNamesAndPortsOfTheirOwn() {
    Plan plan = Plan.parse("p", "registries: 3\nproxies: 64");
    assertThat(plan.registries())
        .extracting(
            it ->
                "%s %d %d %d"
                    .formatted(
                        it.service().name(),
                        it.service().port(),
                        it.service().managementPort(),
                        it.zmqPort()))
        .containsExactly(
            "registry 10003 10090 30001",
            "registry-2 10301 10391 30002",
            "registry-3 10302 10392 30003");
    assertThat(Plan.parse("again", plan.toYaml())).isEqualTo(plan);
    Plan listed =
        Plan.parse(
            "p", "registries: [{zmq-port: 1}, {port: 2, properties: {a: b}}]\nregistry: {port: 3}");
    assertThat(listed.registries())
        .extracting(it -> it.service().port() + " " + it.zmqPort())
        .containsExactly("3 1", "2 30002");
    assertThat(Plan.parse("again", listed.toYaml())).isEqualTo(listed);
    assertThat(listed.onFreePorts().ports()).hasSameSizeAs(listed.ports());
    assertThatThrownBy(() -> Plan.parse("p", "registries: 0"))
        .hasMessage("p:1: registries: '0' (expected: a number from 1 to 64)");
  }

  @Test
  void moreProxies_stepOverThePortsOfOthers() {
    assertThat(Plan.parse("p", "proxies: 3").proxies())
        .extracting(s -> s.port() + " " + s.managementPort())
        .containsExactly("10001 10091", "10004 10094", "10005 10095");
    assertThat(Plan.parse("p", "proxies: 64").ports()).isNotEmpty();
  }

  @Test
  void aList_saysWhatItSaysAndDefaultsFillTheRest() {
    Plan plan =
        Plan.parse(
            "p",
            """
            model: big
            engines:
              kind: vllm
              flags: [--seed, 0]
              environment: {HF_HUB_OFFLINE: 1}
              kv-transfer: {kv_buffer_device: cpu, kv_connector_extra_config: {backends: [UCX]}}
              prefill: [{name: p, port: 9000, side-port: 5700, flags: [--enforce-eager]}]
              decode: [{gpus: none}, {gpus: "4,5", model: other}]
              replicas: 1
            """);

    EnginePlan p = plan.engine("p").orElseThrow();
    assertThat(p.port()).isEqualTo(9000);
    assertThat(p.sidePort()).isEqualTo(5700);
    assertThat(p.gpus()).isEqualTo("0");
    assertThat(p.flags()).containsExactly("--enforce-eager");
    assertThat(plan.engines().flags()).containsExactly("--seed", "0");
    assertThat(plan.engines().environment()).isEqualTo(Map.of("HF_HUB_OFFLINE", "1"));
    assertThat(plan.engines().kvTransfer())
        .isEqualTo(
            Map.of(
                "kv_buffer_device",
                "cpu",
                "kv_connector_extra_config",
                Map.of("backends", List.of("UCX"))));
    assertThat(plan.engine("decode-1").orElseThrow().gpus()).isNull();
    assertThat(plan.engine("decode-2").orElseThrow().gpus()).isEqualTo("4,5");
    assertThat(plan.engine("decode-2").orElseThrow().model()).isEqualTo("other");
    assertThat(plan.engine("replica-1").orElseThrow().gpus()).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({"90, PT90S", "90s, PT90S", "10m, PT10M", "2h, PT2H"})
  void startTimeout_isATime_andIsWrittenBack(String text, Duration time) {
    Plan plan = Plan.parse("p", "start-timeout: " + text);

    assertThat(plan.startTimeout()).isEqualTo(time);
    assertThat(Plan.parse("again", plan.toYaml()).startTimeout()).isEqualTo(time);
    assertThat(Plan.defaults().startTimeout()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "25h", "soon", "10 m"})
  void startTimeout_thatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> Plan.parse("p", "start-timeout: " + text))
        .isInstanceOf(PlanException.class)
        .hasMessage(
            "p:1: start-timeout: '%s' (expected: a time like 90s, 10m or 1h, at most 24h)", text);
  }

  @Test
  void socketsOfP2pNccl_areAmongThePorts_alsoOfSimulatedEngines() {
    Plan plan =
        Plan.parse("p", "engines: {kv-transfer: {kv_connector: P2pNcclConnector}, decode: 1}");

    assertThat(plan.ports()).containsKeys(18100, 18200).doesNotContainKey(18300);
    assertThat(Plan.parse("p", plan.onFreePorts().toYaml()).ports()).doesNotContainKey(18100);
    assertThat(Plan.defaults().ports()).doesNotContainKey(18100);
  }

  @Test
  void replicasAlone_haveNoProxy_unlessOneIsAskedFor() {
    Plan alone = Plan.parse("p", "engines: {prefill: 0, decode: 0, replicas: 2}");

    assertThat(alone.proxies()).isEmpty();
    assertThat(alone.firstGateway()).isEqualTo(alone.replication());
    assertThat(Plan.parse("p", alone.toYaml())).isEqualTo(alone);
    Plan asked = Plan.parse("p", "proxies: 1\nengines: {prefill: 0, decode: 0, replicas: 2}");
    assertThat(asked.proxies()).hasSize(1);
    assertThat(asked.firstGateway()).isEqualTo(asked.replication());
    assertThat(Plan.parse("p", "engines: {kind: none}").proxies()).hasSize(1);
  }

  @Test
  void firstGateway_isTheProxy_whereADecodeEngineIs() {
    assertThat(Plan.defaults().firstGateway()).isEqualTo(Plan.defaults().proxies().getFirst());
    Plan elsewhere =
        Plan.parse(
            "p",
            """
            engines: {prefill: 0, decode: 0}
            proxies: 1
            nodes: [{id: d, role: decode, url: "http://10.0.0.1:8000"}]
            """);
    assertThat(elsewhere.firstGateway()).isEqualTo(elsewhere.proxies().getFirst());
    assertThat(Plan.parse("p", "proxies: 0\nreplication: none").firstGateway()).isNull();
  }

  @Test
  void gpus_areHandedOutInOrder() {
    Plan plan = Plan.parse("p", "model: m\nengines: {kind: vllm, gpus: 2, replicas: 0}");

    assertThat(plan.engines().engines())
        .extracting(EnginePlan::gpus)
        .containsExactly("0,1", "2,3", "4,5");
  }

  @Test
  void nodesThatRunElsewhere_areListed() {
    Plan plan =
        Plan.parse(
            "p",
            """
            engines: {kind: none}
            nodes:
            - {id: gpu-a, role: prefill, url: "http://10.0.0.1:8000/", connector: p2p-nccl,
               zmq-address: "10.0.0.1:14579"}
            - {id: gpu-c, role: replica, url: "http://10.0.0.3:8000"}
            """);

    assertThat(plan.engines().engines()).isEmpty();
    assertThat(plan.nodes())
        .extracting(StaticNode::id, StaticNode::role, StaticNode::connector)
        .containsExactly(
            tuple("gpu-a", Role.PREFILL, Connectors.P2P_NCCL),
            tuple("gpu-c", Role.REPLICA, Connectors.NONE));
    assertThat(plan.nodes().getFirst().url()).hasToString("http://10.0.0.1:8000");
    assertThat(Plan.parse("p", plan.toYaml())).isEqualTo(plan);
  }

  @Test
  void flags_overrideTheFile_andKeepWhatItSaysAboutOthers() {
    PlanDraft draft = new PlanDraft();
    PlanReader.parse("p", "mode: pd\nengines: {decode: [{port: 9001}, {port: 9002}]}", draft);
    draft.mode("ppd");
    draft.engines(Role.DECODE, 3);
    draft.engines(Role.PREFILL, 0);

    Plan plan = draft.resolve();

    assertThat(plan.mode()).isEqualTo("ppd");
    assertThat(plan.engines().of(Role.PREFILL)).isEmpty();
    assertThat(plan.engines().of(Role.DECODE))
        .extracting(EnginePlan::port)
        .containsExactly(9001, 9002, 8202);
  }

  @Test
  void enginesOfRoleAny_areAlone_unlessOthersAreAskedFor() {
    Plan alone = Plan.parse("p", "engines: {any: 2}");
    assertThat(alone.engines().engines())
        .extracting(EnginePlan::name, EnginePlan::port)
        .containsExactly(tuple("any-1", 8400), tuple("any-2", 8401));
    assertThat(alone.proxies()).as("it serves turns behind a proxy").hasSize(1);
    assertThat(Plan.parse("p", alone.toYaml())).isEqualTo(alone);
    Plan mixed = Plan.parse("p", "engines: {any: 2, prefill: 1}");
    assertThat(mixed.engines().engines())
        .extracting(EnginePlan::role)
        .containsExactly(Role.PREFILL, Role.ANY, Role.ANY);
    assertThat(mixed.firstGateway()).isEqualTo(mixed.proxies().getFirst());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "mdoe: pd | unknown key 'mdoe' (expected: mode?)",
        "mode: fast | mode: 'fast' (expected: pd, ppd, adaptive)",
        "redis-port: 0 | redis-port: '0' (expected: a number from 1 to 65535)",
        "proxies: many | proxies: 'many' (expected: a number from 0 to 64)",
        "engines: {prefil: 2} | unknown key 'engines.prefil' (expected: prefill?)",
        "engines: {gpus: all} | engines.gpus: 'all' (expected: a number from 0 to 64)",
        "engines: {decode: [{prot: 1}]} | unknown key 'engines.decode[0].prot' (expected: port?)",
        "engines: {flags: --x} | engines.flags: (expected: a list)",
        "engines: {prefill: [{name: ../x}]} | engines.prefill[0].name: '../x' (expected: letters,",
        "nodes: [{id: a, role: prefill}] | 'nodes[0].url' is missing",
        "nodes: [{url: \"10.0.0.1:80\"}] | nodes[0].url: '10.0.0.1:80' (expected: a URL like",
        "nodes: [{connector: tcp}] | nodes[0].connector: 'tcp' (expected: nixl, p2p-nccl,",
        "replication: no | replication: 'no' (expected: none, or port and management-port)",
        "[a, b] | the file: (expected: keys with values)",
      })
  void mistakes_areOneLine_withLineKeyAndExpectation(String yaml, String message) {
    assertThatThrownBy(() -> Plan.parse("turnpike.yaml", "# first line\n" + yaml))
        .isInstanceOf(PlanException.class)
        .hasMessageStartingWith("turnpike.yaml:2: " + message)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "redis: localhost | redis: 'localhost' (expected: embedded, none, or a URL",
        "engines: {kind: vllm} | model: missing",
        "engines: {speed: -1} | engines.speed: -1.0 (expected: 0 or more)",
        "redis-port: 10001 | port 10001 is given to both redis and proxy-1",
        "engines: {decode: [{name: prefill-1}]} | name 'prefill-1' is given twice",
        "engines: {decode: [{name: registry}]} | name 'registry' is given twice",
      })
  void contradictions_areRefused(String yaml, String message) {
    assertThatThrownBy(() -> Plan.parse("turnpike.yaml", yaml))
        .isInstanceOf(PlanException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void brokenYaml_isNamedWithItsLine() {
    assertThatThrownBy(() -> Plan.parse("t.yaml", "mode: pd\nengines: [1\n"))
        .hasMessageStartingWith("t.yaml:3: not YAML: ");
  }

  @Property(tries = 200)
  void whatIsPrinted_readsBackAsTheSamePlan(
      @ForAll @IntRange(max = 5) int prefill,
      @ForAll @IntRange(max = 5) int decode,
      @ForAll @IntRange(max = 3) int proxies,
      @ForAll EngineKind kind,
      @ForAll @IntRange(max = 3) int gpusEach,
      @ForAll @Size(max = 3) List<@StringLength(max = 8) String> flags,
      @ForAll @Size(max = 3) Map<@AlphaChars @StringLength(min = 1, max = 5) String, String> env) {
    PlanDraft draft = new PlanDraft();
    draft.kind(kind);
    draft.model("m");
    draft.engines(Role.PREFILL, prefill);
    draft.engines(Role.DECODE, decode);
    draft.proxies(proxies);
    draft.gpusEach(gpusEach);
    if (kind != EngineKind.NONE) {
      draft.addFlags(flags);
      draft.environment.putAll(env);
    }

    Plan plan = draft.resolve();

    assertThat(Plan.parse("p", plan.toYaml())).isEqualTo(plan);
  }

  @Property(tries = 50)
  void newPorts_areUsedEverywhere(@ForAll @IntRange(min = 1, max = 4) int engines) {
    Plan plan = Plan.parse("p", "proxies: 2\nengines: {decode: " + engines + "}");
    int[] next = {40_000};

    Plan moved = plan.withPorts(_ -> next[0]++);

    assertThat(moved.ports().keySet()).allMatch(port -> port >= 40_000);
    assertThat(moved.ports()).hasSameSizeAs(plan.ports());
  }
}
