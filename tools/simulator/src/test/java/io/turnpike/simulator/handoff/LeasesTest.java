package io.turnpike.simulator.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeasesTest {

  private static final int[] BLOCKS = {1, 2};
  private final Leases leases = new Leases(30);

  @Test
  void lease_endsUnlessTheReaderIsHeardOf() {
    leases.grant("a", BLOCKS, 32, 0);
    leases.grant("b", BLOCKS, 32, 10);
    assertThat(leases.nextEndNanos()).isEqualTo(30);

    assertThat(leases.heartbeat("a", 25)).isTrue();
    assertThat(leases.nextEndNanos()).isEqualTo(40);
    assertThat(leases.expire(54)).extracting(Lease::requestId).containsExactly("b");
    assertThat(leases.expire(55)).extracting(Lease::requestId).containsExactly("a");
    assertThat(leases.nextEndNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void lease_isReadOnce() {
    leases.grant("a", BLOCKS, 32, 0);

    assertThat(leases.claim("a")).isInstanceOf(Claim.Granted.class);
    assertThat(leases.claim("a")).isEqualTo(new Claim.Refused(Claim.Reason.USED));
    assertThat(leases.claim("x")).isEqualTo(new Claim.Refused(Claim.Reason.UNKNOWN));
    assertThat(leases.release("a")).isNotNull();
    assertThat(leases.release("a")).isNull();
    assertThat(leases.claim("a")).isEqualTo(new Claim.Refused(Claim.Reason.UNKNOWN));
  }
}
