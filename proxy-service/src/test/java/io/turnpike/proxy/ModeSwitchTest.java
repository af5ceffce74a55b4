package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.error.GatewayException;
import io.turnpike.gateway.SharedState;
import io.turnpike.gateway.TurnRouting.Recognise;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RoutingPolicy;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class ModeSwitchTest {

  private final SharedState alone = new SharedState(null, "test", InstantSource.system());

  @Test
  void mode_switchesAtOnce_andTellsTheOneBefore() {
    ModeSwitch modes = new ModeSwitch(alone, Mode.PPD, false, RoutingPolicy::of);
    StepVerifier.create(modes.switchTo(Mode.PD))
        .expectNext(Mode.PPD)
        .expectComplete()
        .verify(Duration.ofSeconds(5));
    assertThat(modes.mode()).isEqualTo(Mode.PD);
    assertThat(modes.choose(null).word()).isEqualTo("pd");
  }

  @Test
  void modeStays_whenNothingIsShared() {
    ModeSwitch modes = new ModeSwitch(alone, Mode.PD, false, RoutingPolicy::of);
    StepVerifier.create(modes.refresh()).expectComplete().verify(Duration.ofSeconds(5));
    assertThat(modes.mode()).isEqualTo(Mode.PD);
  }

  @Test
  void onlyPpd_waitsForTheConversation() {
    ModeSwitch modes = new ModeSwitch(alone, Mode.PPD, true, RoutingPolicy::of);
    assertThat(modes.choose("ppd").recognition()).isEqualTo(Recognise.FIRST);
    assertThat(modes.choose("pd").recognition()).isEqualTo(Recognise.MEANWHILE);
    assertThat(modes.choose("pd").word()).isEqualTo("pd");
    assertThat(modes.mode()).isEqualTo(Mode.PPD);
  }

  @Test
  void wish_isRefused_whenWishesAreOff_orUnknown() {
    assertThatThrownBy(() -> new ModeSwitch(alone, Mode.PPD, false, RoutingPolicy::of).choose("pd"))
        .isInstanceOfSatisfying(
            GatewayException.class,
            refused -> {
              assertThat(refused.error().status()).isEqualTo(400);
              assertThat(refused.error().param()).isEqualTo("X-Turnpike-Mode");
            });
    assertThatThrownBy(
            () -> new ModeSwitch(alone, Mode.PPD, true, RoutingPolicy::of).choose("fast"))
        .hasMessageContaining("fast")
        .hasMessageContaining("ppd");
  }
}
