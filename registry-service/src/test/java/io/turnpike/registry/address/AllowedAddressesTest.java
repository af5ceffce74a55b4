package io.turnpike.registry.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.configuration.StartRefused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedAddressesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "[fe80::1]",
        "fd00:ec2::254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255"
      })
  void refusal_holds_whateverTheListSays(String host) {
    assertThat(AllowedAddresses.of("p", List.of("0.0.0.0/0", "::/0")).refusal(host))
        .contains("never");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"})
  void refusal_isNone_forLoopbackByDefault(String host) {
    assertThat(AllowedAddresses.of("p", List.of()).refusal(host)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1", "example.com", "2130706433", "0x7f.1", "127.1", "::ffff:10.0.0.1"})
  void refusal_isGiven_forAllElseByDefault(String host) {
    assertThat(AllowedAddresses.of("p", List.of()).refusal(host)).isNotNull();
  }

  @Test
  void refusal_cannotBeAvoided_byMappingMetadataIntoIpv6() {
    AllowedAddresses all = AllowedAddresses.of("p", List.of("0.0.0.0/0", "::/0"));
    assertThat(all.refusal("::ffff:169.254.169.254")).isNotNull();
  }

  @Test
  void refusal_followsTheList() {
    AllowedAddresses some =
        AllowedAddresses.of("p", List.of("10.1.0.0/20", "fd01::/16", "engine-0", ".svc.local"));
    assertThat(some.refusal("10.1.15.255")).isNull();
    assertThat(some.refusal("10.1.16.0")).isNotNull();
    assertThat(some.refusal("fd01:2::3")).isNull();
    assertThat(some.refusal("fd02::3")).isNotNull();
    assertThat(some.refusal("engine-0")).isNull();
    assertThat(some.refusal("a.svc.local")).isNull();
    assertThat(some.refusal("svc.local.evil")).isNotNull();
    assertThat(some.refusal("127.0.0.1")).as("a list replaces the default").isNotNull();
  }

  @Test
  void refusalOfDiscovered_isForNobodyButThoseThatNeverMay_unlessThereIsAList() {
    AllowedAddresses none = AllowedAddresses.of("p", List.of());
    assertThat(none.refusalOfDiscovered("10.0.0.1")).isNull();
    assertThat(none.refusalOfDiscovered("fd01::1")).isNull();
    assertThat(none.refusalOfDiscovered("169.254.169.254")).contains("never");
    assertThat(none.refusalOfDiscovered("no-address")).isNotNull();
    AllowedAddresses some = AllowedAddresses.of("p", List.of("10.1.0.0/16"));
    assertThat(some.refusalOfDiscovered("10.1.0.1")).isNull();
    assertThat(some.refusalOfDiscovered("10.2.0.1")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0", "a b", "", "::/129"})
  void of_namesTheEntry_whenItIsNone(String entry) {
    assertThatThrownBy(() -> AllowedAddresses.of("turnpike.registry.allow", List.of("::1", entry)))
        .isInstanceOf(StartRefused.class)
        .hasMessageStartingWith("turnpike.registry.allow[1]: ");
  }
}
