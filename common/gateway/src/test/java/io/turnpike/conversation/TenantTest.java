package io.turnpike.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TenantTest {

  @Test
  void tenant_isWhoTheCallerIs() {
    assertThat(Tenant.ofAuthorization("Bearer a"))
        .isEqualTo(Tenant.ofAuthorization("Bearer a"))
        .isNotEqualTo(Tenant.ofAuthorization("Bearer b"))
        .isNotEqualTo(Tenant.ofKey("Bearer a"))
        .isNotEqualTo(Tenant.NOBODY);
    assertThat(Tenant.ofKey("team")).isEqualTo(Tenant.ofKey("team"));
    assertThat(Tenant.ofAuthorization(null)).isEqualTo(Tenant.NOBODY);
    assertThat(Tenant.ofAuthorization("")).isEqualTo(Tenant.NOBODY);
  }

  @Test
  void tenant_keepsNothingThatTheCallerSent() {
    assertThat(Tenant.ofAuthorization("Bearer secret").toString()).doesNotContain("secret");
  }
}
