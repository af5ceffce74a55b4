package io.turnpike.registry;

import io.turnpike.configuration.TurnpikeService;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The registry service. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class RegistryApplication {

  /** Starts it. */
  static void main(String[] arguments) {
    TurnpikeService.run(RegistryApplication.class, arguments);
  }
}
