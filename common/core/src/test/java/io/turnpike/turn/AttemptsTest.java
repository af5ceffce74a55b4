package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Node;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import io.turnpike.routing.RoutingView.Usability;
import org.junit.jupiter.api.Test;

class AttemptsTest {

  private static final Node P1 = Nodes.node("p1", Role.PREFILL, Connectors.NIXL);
  private static final Node P2 = Nodes.node("p2", Role.PREFILL, Connectors.NIXL);
  private static final Node D1 = Nodes.node("d1", Role.DECODE, Connectors.NIXL);
  private static final Node D2 = Nodes.node("d2", Role.DECODE, Connectors.NIXL);

  private final Attempts attempts = new Attempts();

  @Test
  void decodeNodeThatIsAskedAgain_isForgivenItsOwnPairs_andNoOthers() {
    attempts.handoffLost(P1, D1);
    attempts.handoffLost(P1, D2);
    attempts.prefillFailed(P2);
    attempts.leave(D1);
    attempts.leave(D2);
    attempts.forgivePrefills(D1);
    Usability left = attempts.over(Usability.ALL);
    assertThat(left.pair(P1, D1)).isTrue();
    assertThat(left.pair(P1, D2)).isFalse();
    assertThat(left.node(P2)).isTrue();
    assertThat(left.node(D1)).isTrue();
    assertThat(left.node(D2)).isFalse();
  }
}
