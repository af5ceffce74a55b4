package io.turnpike.proxy;

import io.turnpike.configuration.TurnpikeService;
import io.turnpike.gateway.GatewayConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The proxy service: port 10001, management 10091. */
@SpringBootApplication
@Import(GatewayConfiguration.class)
public class ProxyApplication {

  /** Starts the service; arguments are {@code --property=value}. */
  public static void main(String[] arguments) {
    TurnpikeService.run(ProxyApplication.class, arguments);
  }
}
