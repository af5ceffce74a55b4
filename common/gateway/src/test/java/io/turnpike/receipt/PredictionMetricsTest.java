package io.turnpike.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.EngineLimits;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.FrontEndCosts;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.cost.NodeWork;
import io.turnpike.cost.PathKind;
import io.turnpike.cost.PathPrice;
import io.turnpike.cost.PricedPath;
import io.turnpike.cost.StepCosts;
import io.turnpike.cost.TurnPrices;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import io.turnpike.routing.Predicted;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What was predicted and what was seen, and how a receipt shows prices. */
class PredictionMetricsTest {

  private static final PathPrice PRICE = price();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final PredictionMetrics metrics = new PredictionMetrics(meters);

  /** 20 ms in and out, 100 ms for the prompt, 10 ms a token. */
  private static PathPrice price() {
    EngineProfile profile =
        new EngineProfile(
            "round",
            "",
            new StepCosts(10, 0, 0, 0.1, 0.1, 0, 0),
            new FrontEndCosts(10, 0, 0, 10),
            new EngineLimits(8_192, 256, 100_000, 100_000));
    PathPrice price = new PathPrice();
    new TurnPrices(1_000, 50, 0)
        .addAlone(EngineCosts.of(profile, HandoffCosts.NIXL, 100, 0), new NodeWork(), price);
    return price;
  }

  private static Predicted stayed(String node) {
    PricedPath taken = new PricedPath(PathKind.STAY, null, new NodeId(node), PRICE);
    PricedPath other = new PricedPath(PathKind.SPLIT, new NodeId("p"), new NodeId("other"), PRICE);
    return new Predicted(taken, List.of(taken, other));
  }

  private static Receipt receipt(boolean stream, @Nullable Predicted predicted) {
    return new Receipt(
        "r",
        null,
        Instant.EPOCH,
        TurnApi.CHAT,
        null,
        "m",
        stream,
        "adaptive",
        Route.DECODE_DIRECT,
        Reason.COMPUTE,
        null,
        new NodeId("d"),
        null,
        2,
        "continued",
        List.of(),
        0,
        List.of(),
        200,
        Outcome.ANSWERED,
        1_000,
        0,
        50,
        new Receipt.Timing(1, Double.NaN, 150, 600, 151, 601),
        predicted);
  }

  private double seconds(String kind, String node) {
    return meters
        .get("turnpike.predictions")
        .tags("path", "stay", "node", node, "kind", kind)
        .counter()
        .count();
  }

  private static List<ReceiptJson.PriceJson> prices(Receipt receipt) {
    return Objects.requireNonNull(ReceiptJson.whole(receipt).prices());
  }

  @Test
  void pricedTurns_areAddedUp_byPathAndNode() {
    metrics.count(receipt(true, stayed("d")));
    metrics.count(receipt(true, stayed("d")));
    assertThat(seconds("predicted", "d")).isCloseTo(0.240, within(1e-9));
    assertThat(seconds("seen", "d")).isCloseTo(0.300, within(1e-9));
  }

  @Test
  void turnsWithoutAPrice_orWithoutAStream_areNot() {
    metrics.count(receipt(true, null));
    metrics.count(receipt(false, stayed("d")));
    assertThat(meters.getMeters()).isEmpty();
  }

  @Test
  void nodesBeyondThe64th_areOther() {
    for (int i = 0; i < 70; i++) {
      metrics.count(receipt(true, stayed("d" + i)));
    }
    metrics.count(receipt(true, stayed("d0")));
    assertThat(seconds("seen", "other")).isCloseTo(6 * 0.150, within(1e-9));
    assertThat(seconds("seen", "d0")).isCloseTo(2 * 0.150, within(1e-9));
  }

  @Test
  void aReceipt_showsPricesTermByTerm_whereItIsAskedForAlone() {
    Receipt receipt = receipt(true, stayed("d"));
    assertThat(ReceiptJson.of(receipt).prices()).isNull();
    List<ReceiptJson.PriceJson> prices = prices(receipt);
    assertThat(prices).extracting(ReceiptJson.PriceJson::taken).containsExactly(true, false);
    assertThat(prices).extracting(ReceiptJson.PriceJson::path).containsExactly("stay", "split");
    ReceiptJson.PriceJson first = prices.getFirst();
    assertThat(first.firstTokenMs()).isEqualTo(120);
    assertThat(first.termsMs()).containsEntry("compute", 120.0).containsEntry("pace", 500.0);
    assertThat(first.totalMs()).isEqualTo(620);
    assertThat(ReceiptJson.whole(receipt(true, null)).prices()).isNull();
  }
}
