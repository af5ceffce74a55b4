package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** When the pods of a job are all there. */
class JobPodsTest {

  private static final Names NAMES = new Names("job");
  private static final Map<String, Integer> WANTED = Map.of("decode", 2, "proxy", 1);

  private final PodView first = pod("decode", 1, "'True'", "");
  private final PodView second = pod("decode", 2, "'True'", "");
  private final PodView proxy = pod("proxy", 1, "'True'", "");

  @Test
  void pods_areComplete_whenEachComponentHasItsNumber() {
    assertThat(JobPods.areComplete(List.of(first, second, proxy), WANTED)).isTrue();
    assertThat(JobPods.areComplete(List.of(first, proxy), WANTED)).isFalse();
    assertThat(JobPods.areComplete(List.of(first, second), WANTED)).isFalse();
  }

  @Test
  void pods_areNotComplete_whileOneIsNotReady_orOnItsWayOut() {
    PodView loading = pod("decode", 2, "'False'", "");
    PodView ending = pod("decode", 3, "'True'", ",'deletionTimestamp':'2026-01-01T00:00:00Z'");
    assertThat(JobPods.areComplete(List.of(first, loading, proxy), WANTED)).isFalse();
    assertThat(JobPods.areComplete(List.of(first, second, ending, proxy), WANTED)).isFalse();
  }

  @Test
  void teller_saysWhatHasChanged() {
    List<String> said = new ArrayList<>();
    Teller teller = new Teller(said::add);
    teller.tell(List.of(first, pod("decode", 2, "'False'", "")));
    teller.tell(List.of(first, second));
    Teller later = new Teller(said::add);
    later.know(List.of(first));
    later.tell(List.of(first));
    assertThat(said)
        .containsExactly("decode-1: ready", "decode-2: runs, not ready", "decode-2: ready");
  }

  static PodView pod(String component, Object end, String ready, String more) {
    String json =
        ("{'metadata':{'name':'job-%s-%s','labels':{'%s':'%s','%s':'x'}%s},'spec':{},'status':{'phase':"
             + "'Running','conditions':[{'type':'Ready','status':%s}]}}")
            .formatted(
                component,
                end,
                Names.COMPONENT,
                component,
                component.equals("decode") ? Names.ROLE : "other",
                more,
                ready);
    return PodView.of(JsonMapper.shared().readTree(json.replace('\'', '"')), NAMES);
  }
}
