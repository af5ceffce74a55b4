package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.RedisPlan;
import io.turnpike.launcher.plan.ServicePlan;
import io.turnpike.node.Role;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalPlanTest {

  private static Plan plan(String yaml, Integer... taken) {
    Set<Integer> busy = Set.of(taken);
    return LocalPlan.of(
        JobCheck.of("job.yaml", yaml).orThrow(), new PortFinder(port -> !busy.contains(port)));
  }

  private static EnginePlan engine(Plan plan, String name) {
    return plan.engine(name).orElseThrow();
  }

  @Test
  void workersHaveTheUsualPorts_orTheNextThatAreFree() {
    Plan plan =
        plan(
            JobFiles.pair("replica: {replicas: 2}\nscheduler: {port: 8300, proxies: 2}"),
            8100,
            10_003,
            18_200);

    assertThat(plan.engines().engines())
        .extracting(e -> e.name() + " " + e.port() + " " + e.sidePort())
        .containsExactly(
            "prefill-1 8101 18101",
            "decode-1 8200 18201",
            "replica-1 8301 18301",
            "replica-2 8302 18302");
    assertThat(plan.services())
        .extracting(s -> s.name() + " " + s.port() + " " + s.managementPort())
        .containsExactly(
            "registry 10004 10090",
            "proxy-1 8300 10091",
            "proxy-2 10005 10092",
            "replication 10002 10093");
    assertThat(plan.redis()).isEqualTo(new RedisPlan.Embedded(16_379));
    assertThat(plan.ports()).isNotEmpty();
  }

  @Test
  void replicasAlone_areReachedByTheSchedulersPort() {
    Plan plan = plan("engine: simulator\ngeneral: {params: {model: m}}\nreplica: {replicas: 2}");

    assertThat(plan.proxies()).isEmpty();
    assertThat(plan.firstGateway()).extracting(ServicePlan::port).isEqualTo(8021);
  }

  @Test
  void workersOfRoleAny_areReachedOverAProxy() {
    Plan plan = plan("engine: simulator\ngeneral: {params: {model: m}}\nany: {replicas: 2}");

    assertThat(plan.replication()).isNull();
    assertThat(plan.firstGateway())
        .extracting(ServicePlan::name, ServicePlan::port)
        .containsExactly("proxy-1", 8021);
    assertThat(plan.engines().engines()).extracting(EnginePlan::port).containsExactly(8400, 8401);
  }

  @Test
  void gpusAreHandedOut_inTheOrderThatIsSaid() {
    String yaml =
        """
        general: {params: {model: m, tensor_parallel_size: 2}}
        prefill: {replicas: 2}
        decode: {num_gpus: 0}
        """;

    assertThat(plan(yaml).engines().engines())
        .extracting(EnginePlan::gpus)
        .containsExactly("0,1", "2,3", null);
    assertThat(plan(yaml + "local: {devices: '7, 5,3 ,1'}").engines().engines())
        .extracting(EnginePlan::gpus)
        .containsExactly("7,5", "3,1", null);
    assertThat(plan(yaml + "engine: simulator").engines().engines())
        .extracting(EnginePlan::gpus)
        .containsOnlyNulls();
  }

  @Test
  void p2pNccl_decodeWorkersGetTheAddressOfTheFirstPrefillWorker_andEachASocketOfItsOwn() {
    String kv =
        "{params: {tensor_parallel_size: 2, kv_transfer_config: "
            + "'{\"kv_connector\":\"P2pNcclConnector\",\"kv_port\":\"21001\",\"kv_ip\":\"{KV_IP}\","
            + "\"kv_connector_extra_config\":{\"http_port\":\"{PORT}\",\"name\":\"{NODE_NAME}\"}}'},"
            + " replicas: 2}";
    Plan plan = plan("general: {params: {model: m}}\nprefill: " + kv + "\ndecode: " + kv);

    assertThat(plan.engines().engines())
        .extracting(EnginePlan::sidePort)
        .containsExactly(21_001, 21_003, 21_005, 21_007);
    assertThat(engine(plan, "decode-2").kvTransfer())
        .isEqualTo(
            Map.of(
                "kv_connector",
                "P2pNcclConnector",
                "kv_ip",
                "127.0.0.1",
                "kv_connector_extra_config",
                Map.of("http_port", "8201", "name", "decode-2")));
  }

  @Test
  void aReplicasConnector_isTakenAsItStands() {
    Plan plan =
        plan(
            "replica: {params: {model: m, kv_transfer_config: "
                + "'{\"kv_connector\":\"OffloadingConnector\",\"kv_role\":\"kv_both\"}'}}");

    assertThat(engine(plan, "replica-1").flags())
        .containsExactly(
            "--kv-transfer-config",
            "{\"kv_connector\":\"OffloadingConnector\",\"kv_role\":\"kv_both\"}");
    assertThat(engine(plan, "replica-1").kvTransfer()).isEmpty();
  }

  @Test
  void aPortThatIsSaid_isTaken_andNobodyElseGetsIt() {
    Plan plan = plan(JobFiles.pair("replica: {params: {port: 8100}}"));

    assertThat(engine(plan, "replica-1").port()).isEqualTo(8100);
    assertThat(engine(plan, "prefill-1").port()).isEqualTo(8101);
  }

  @Test
  void whoStays_keepsItsPlace_whenTheNumbersChange() {
    String yaml =
        """
        num_gpus: 4
        general: {params: {model: m}}
        prefill: {}
        decode: {replicas: 2}
        """;
    JobFile job = JobCheck.of("job.yaml", yaml).orThrow();
    Plan before = LocalPlan.of(job, new PortFinder(_ -> true));
    Plan less = LocalPlan.scaled(job.scaled(Role.DECODE, 1), before, new PortFinder(_ -> true));
    Plan more = LocalPlan.scaled(job.scaled(Role.DECODE, 3), less, new PortFinder(_ -> true));

    assertThat(less.engines().engines()).isEqualTo(before.engines().engines().subList(0, 2));
    assertThat(more.engines().engines().subList(0, 2)).isEqualTo(less.engines().engines());
    assertThat(more.engines().of(Role.DECODE))
        .extracting(e -> e.name() + " " + e.port() + " " + e.gpus())
        .containsExactly("decode-1 8200 1", "decode-2 8201 2", "decode-3 8202 3");
    assertThat(more.services()).isEqualTo(before.services());
    assertThatThrownBy(
            () -> LocalPlan.scaled(job.scaled(Role.DECODE, 4), more, new PortFinder(_ -> true)))
        .hasMessage(
            "decode: a worker takes 1 GPUs, and 0 are left"
                + " (expected: more in num_gpus or local.devices)");
  }

  @Test
  void aPortThatIsSaid_isOneWorkers() {
    String yaml = "general: {params: {model: m}}\nreplica: {params: {port: 9000}}\n";
    JobFile job = JobCheck.of("job.yaml", yaml).orThrow();
    Plan before = LocalPlan.of(job, new PortFinder(_ -> true));

    assertThatThrownBy(
            () -> LocalPlan.scaled(job.scaled(Role.REPLICA, 2), before, new PortFinder(_ -> true)))
        .hasMessage("replica: port 9000 is one worker's (expected: port: '{PORT}' in its params)");
  }
}
