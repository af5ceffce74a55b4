package io.turnpike.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.NodeId;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeSignsTest {

  private static final NodeId NODE = new NodeId("d");

  private final NodeSigns signs = new NodeSigns();

  @Test
  void sign_isFresh_forItsTime() {
    assertThat(signs.within(NODE, 100, 0)).isFalse();
    NodeSigns.Sign sign = signs.of(NODE);
    assertThat(signs.within(NODE, 100, 0)).as("known, but never heard of").isFalse();
    sign.seenAt(1_000);
    assertThat(signs.within(NODE, 100, 1_100)).isTrue();
    assertThat(signs.within(NODE, 100, 1_101)).isFalse();
    assertThat(signs.within(new NodeId("other"), 100, 1_000)).isFalse();
  }

  @Test
  void nodesThatLeft_areForgotten() {
    signs.of(NODE).seenAt(1_000);
    signs.keepOnly(Set.of(NODE));
    assertThat(signs.within(NODE, 100, 1_000)).isTrue();
    signs.keepOnly(Set.of());
    assertThat(signs.within(NODE, 100, 1_000)).isFalse();
  }
}
