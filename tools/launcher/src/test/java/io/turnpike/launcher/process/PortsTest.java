package io.turnpike.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

  private static final List<String> TABLE =
      List.of(
          "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid "
              + " timeout inode",
          "   0: 0100007F:2711 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0       "
              + " 0 4711 1",
          "   1: 0100007F:2711 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0       "
              + " 0 4712 1",
          "   2: 00000000:2712 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0       "
              + " 0 4713 1");

  @Test
  void onlyListeningSocketsOfThatPort_areFound() {
    assertThat(Ports.listening(TABLE, 10001)).containsExactly("socket:[4711]");
    assertThat(Ports.listening(TABLE, 10002)).containsExactly("socket:[4713]");
    assertThat(Ports.listening(TABLE, 54321)).isEmpty();
  }
}
