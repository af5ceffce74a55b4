package io.turnpike.configuration;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class StrictKeysTest {

  @ParameterizedTest
  @CsvSource({
    "TURNPIKE_REGISTRY_ADMINTOKEN, turnpike.registry.admin-token",
    "TURNPIKE_REGISTRY_ADMIN_TOKEN, turnpike.registry.admin-token",
    "TURNPIKE_REGISTRY_TOKEN, turnpike.registry.token"
  })
  void oldName_isRefusedInTheEnvironmentToo_withTheNewOne(String variable, String key) {
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> check(variable))
        .withMessage(key + ": an old name (expected: turnpike.registry.admin-key)");
  }

  @Test
  void newName_passes() {
    assertThatCode(() -> check("TURNPIKE_REGISTRY_ADMINKEY")).doesNotThrowAnyException();
  }

  private static void check(String variable) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of(variable, "x")));
    ConfigurationPropertySources.attach(environment);
    StrictKeys.renamedTurnpikeKeys(environment)
        .postProcessBeanFactory(new DefaultListableBeanFactory());
  }
}
