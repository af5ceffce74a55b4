package io.turnpike.launcher.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoomedEnginesTest {

  private long now = 1;
  private final DoomedEngines engines = new DoomedEngines(() -> now);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zmq.error.ZMQError: Address already in use (addr='tcp://127.0.0.1:5600')",
        "OSError: [Errno 98] Address already in use",
        "torch.distributed.DistNetworkError: ... EADDRINUSE",
        "(EngineCore pid=7) ERROR 11-21 [core.py:1] EngineCore failed to start."
      })
  void anEngineWithoutItsPort_isGivenUp_afterTheBoundOnly(String line) {
    assertThat(engines.fault("decode-1", List.of("INFO loading", line))).isNull();
    now += DoomedEngines.BOUND.toNanos() - 1;
    assertThat(engines.fault("decode-1", List.of(line, "INFO still loading"))).isNull();
    now += 1;
    assertThat(engines.fault("decode-1", List.of("INFO the line is far above by now")))
        .startsWith("decode-1 will not become ready")
        .endsWith(line.strip());
  }

  @Test
  void otherErrors_andOtherEngines_meanNothing() {
    List<String> log = List.of("Traceback (most recent call last):", "ERROR cannot import triton");
    assertThat(engines.fault("prefill-1", log)).isNull();
    assertThat(engines.fault("decode-1", List.of("EADDRINUSE"))).isNull();
    now += 10 * DoomedEngines.BOUND.toNanos();
    assertThat(engines.fault("prefill-1", log)).isNull();
    assertThat(engines.fault("decode-1", log)).isNotNull();
  }
}
