package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a pod's object says to people. */
class PodViewTest {

  private static final Names NAMES = new Names("job");

  @Test
  void pod_thatIsReady() {
    PodView pod = view("", "{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}");
    assertThat(pod.worker()).isEqualTo("decode-1");
    assertThat(pod.ready()).isTrue();
    assertThat(pod.says()).isEqualTo("ready");
    assertThat(pod.hopeless()).isNull();
  }

  @Test
  void pod_thatEnds_isNotReady() {
    PodView pod =
        view(
            ",'deletionTimestamp':'2026-01-01T00:00:00Z'",
            "{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}");
    assertThat(pod.ready()).isFalse();
    assertThat(pod.isLost()).isFalse();
    assertThat(pod.says()).isEqualTo("ends");
  }

  @Test
  void pod_thatHasNoPlace_saysWhatItWaitsFor() {
    PodView pod =
        view(
            "",
            "{'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False',"
                + "'message':'0/2 nodes are available: 2 Insufficient nvidia.com/gpu.'}]}");
    assertThat(pod.says())
        .isEqualTo("waits for a node: 0/2 nodes are available: 2 Insufficient nvidia.com/gpu.");
    assertThat(pod.hopeless()).as("nodes may come").isNull();
  }

  @Test
  void image_thatIsNotThere_isHopeless() {
    PodView pod =
        view(
            "",
            "{'phase':'Pending','containerStatuses':[{'state':{'waiting':"
                + "{'reason':'ImagePullBackOff','message':'no such image'}}}]}");
    assertThat(pod.hopeless()).isEqualTo("ImagePullBackOff: no such image");
    assertThat(pod.isLost()).isTrue();
  }

  @Test
  void container_thatHasEnded_saysHow() {
    PodView pod =
        view(
            "",
            "{'phase':'Running','containerStatuses':[{'restartCount':1,'state':{'running':{}},"
                + "'lastState':{'terminated':{'exitCode':137,'reason':'OOMKilled'}}}]}");
    assertThat(pod.restarts()).isEqualTo(1);
    assertThat(pod.hopeless()).isEqualTo("ended with exit code 137 (OOMKilled)");
    assertThat(pod.says()).isEqualTo("runs, not ready");
  }

  private static PodView view(String about, String status) {
    String json =
        "{'metadata':{'name':'job-decode-1'%s},'spec':{},'status':%s}".formatted(about, status);
    return PodView.of(JsonMapper.shared().readTree(json.replace('\'', '"')), NAMES);
  }
}
