package io.turnpike.registry.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeerRatesTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void admits_onlySoManyOfOnePeer_inOneSecond() {
    PeerRates rates = new PeerRates(2, 100);
    assertThat(rates.admits("a", 5)).isTrue();
    assertThat(rates.admits("a", 6)).isTrue();
    assertThat(rates.admits("a", 7)).isFalse();
    assertThat(rates.admits("b", 8)).as("others are not punished").isTrue();
    assertThat(rates.admits("a", 5 + SECOND)).isTrue();
  }

  @Test
  void admits_onlySoManyTogether_howeverManyPeersThereAre() {
    PeerRates rates = new PeerRates(10, 50);
    int admitted = 0;
    for (int i = 0; i < 10_000; i++) {
      admitted += rates.admits("peer" + i, -3) ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(50);
  }
}
