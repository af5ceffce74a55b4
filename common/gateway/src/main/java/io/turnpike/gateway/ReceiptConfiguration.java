package io.turnpike.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.admission.Admission;
import io.turnpike.receipt.Receipts;
import io.turnpike.receipt.TurnLog;
import io.turnpike.receipt.TurnMetrics;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is kept and counted of turns that are over. */
@Configuration(proxyBeanMethods = false)
class ReceiptConfiguration {

  @Bean(destroyMethod = "close")
  TurnLog turnLog(GatewaySettings settings) {
    return new TurnLog(settings.accessLog() ? TurnLog.AccessLog.ON : TurnLog.AccessLog.OFF);
  }

  @Bean
  Receipts receipts(
      GatewaySettings settings, MeterRegistry meters, Admission admission, TurnLog log) {
    return new Receipts(
        settings.receipts(),
        new TurnMetrics(
            meters, new TurnMetrics.Door(admission::turns, admission::waiting, admission.places())),
        log);
  }
}
