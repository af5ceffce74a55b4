package io.turnpike.bench.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.prompt.Bodies.Api;
import io.turnpike.bench.prompt.Bodies.Extensions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodiesTest {

  @Test
  void conversationsAreKeptApart_bySaltOrElseByTheirKey() {
    Bodies salted = new Bodies("m", Api.CHAT, true, Extensions.VLLM, "run-1");
    assertThat(text(salted)).contains("\"cache_salt\":\"run-1\"");
    assertThat(salted.session(3)).isEmpty();
    Bodies plain = new Bodies("m", Api.CHAT, true, Extensions.NONE, "run-1");
    assertThat(text(plain)).doesNotContain("cache_salt");
    assertThat(plain.session(3)).isEqualTo("run-1-3");
  }

  private static String text(Bodies bodies) {
    return new String(bodies.body(List.of("hi"), 1), StandardCharsets.UTF_8);
  }
}
