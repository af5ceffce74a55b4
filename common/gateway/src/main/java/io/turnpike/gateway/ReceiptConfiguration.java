package io.turnpike.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.receipt.Receipts;
import io.turnpike.receipt.TurnMetrics;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is kept and counted of turns that are over. */
@Configuration(proxyBeanMethods = false)
class ReceiptConfiguration {

  @Bean
  Receipts receipts(GatewaySettings settings, MeterRegistry meters, Admission admission) {
    return new Receipts(settings.receipts(), new TurnMetrics(meters, admission::turns));
  }
}
