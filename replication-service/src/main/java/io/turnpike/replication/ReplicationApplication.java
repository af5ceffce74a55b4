package io.turnpike.replication;

import io.turnpike.configuration.TurnpikeService;
import io.turnpike.gateway.GatewayConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** The replication service: port 10002, management 10092. */
@SpringBootApplication
@Import(GatewayConfiguration.class)
public class ReplicationApplication {

  /** Starts the service; arguments are {@code --property=value}. */
  public static void main(String[] arguments) {
    TurnpikeService.run(ReplicationApplication.class, arguments);
  }
}
