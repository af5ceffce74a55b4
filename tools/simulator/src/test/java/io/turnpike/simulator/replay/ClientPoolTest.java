package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound on requests that clients have under way. */
class ClientPoolTest {

  private final List<String> ran = new ArrayList<>();
  private final ClientPool pool = new ClientPool(2);

  @Test
  void moreThanTheBound_waitInTheirOrder() {
    for (String name : List.of("a", "b", "c", "d")) {
      pool.acquire(() -> ran.add(name));
    }
    assertThat(ran).containsExactly("a", "b");
    pool.release();
    assertThat(ran).containsExactly("a", "b", "c");
    pool.release();
    pool.release();
    pool.acquire(() -> ran.add("e"));
    assertThat(ran).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void aReleasedConnection_isUsedAtOnce() {
    pool.acquire(() -> ran.add("a"));
    pool.release();
    pool.acquire(() -> ran.add("b"));
    pool.acquire(() -> ran.add("c"));
    pool.acquire(() -> ran.add("d"));
    assertThat(ran).containsExactly("a", "b", "c");
  }
}
