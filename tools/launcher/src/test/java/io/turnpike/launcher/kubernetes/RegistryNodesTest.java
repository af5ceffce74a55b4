package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the registry knows of a pod, in words. */
class RegistryNodesTest {

  private static final JsonNode NODES =
      JsonMapper.shared()
          .readTree("[{\"id\":\"job-decode-1\",\"state\":\"ready\",\"epoch\":\"p17\"}]");

  private final PodView first = pod("decode", "1");
  private final PodView second = pod("decode", "2");
  private final PodView registry = pod("registry", "x");

  @Test
  void engine_isRegistered_orNot() {
    RegistryNodes known = new RegistryNodes(NODES, "");
    assertThat(known.says(first)).isEqualTo("ready; registered, ready, epoch p17");
    assertThat(known.says(second)).isEqualTo("ready; not registered");
    assertThat(known.says(registry)).isEqualTo("ready");
    assertThat(known.says(pod("proxy", "x"))).isEqualTo("ready");
  }

  @Test
  void nodes_thatAreNotKnown_areSaidToBeSo_once() {
    RegistryNodes unknown = new RegistryNodes(null, "forbidden");
    assertThat(unknown.says(first)).isEqualTo("ready");
    assertThat(unknown.says(registry)).isEqualTo("ready; its nodes are not known: forbidden");
    assertThat(new RegistryNodes(null, "").says(registry)).isEqualTo("ready");
  }

  private static PodView pod(String component, String end) {
    return JobPodsTest.pod(component, end, "'True'", "");
  }
}
