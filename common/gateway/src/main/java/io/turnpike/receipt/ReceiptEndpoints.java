package io.turnpike.receipt;

import io.turnpike.control.ControlPlane;
import io.turnpike.control.ControlRoutes;
import io.turnpike.error.ApiError;
import java.util.List;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * {@code GET /receipts} (the latest last; {@code ?limit=}), {@code GET /receipts/{id}}, and {@code
 * GET /receipts/refused}: requests that became no turns.
 */
public final class ReceiptEndpoints {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 100_000;

  private final Receipts receipts;

  public ReceiptEndpoints(Receipts receipts) {
    this.receipts = receipts;
  }

  /** Adds all of them. */
  public void addTo(ControlRoutes routes) {
    routes
        .get("/receipts", this::list)
        .get("/receipts/refused", request -> refused())
        .get("/receipts/{id}", this::one);
  }

  private Mono<ServerResponse> refused() {
    return ServerResponse.ok()
        .bodyValue(receipts.latestRefused().stream().map(RefusalJson::of).toList());
  }

  private Mono<ServerResponse> list(ServerRequest request) {
    int limit = ControlPlane.number(request, "limit", DEFAULT_LIMIT, MAX_LIMIT);
    List<Receipt> latest = receipts.latest();
    List<ReceiptJson> shown =
        latest.subList(Math.max(0, latest.size() - limit), latest.size()).stream()
            .map(ReceiptJson::of)
            .toList();
    return ServerResponse.ok().bodyValue(shown);
  }

  private Mono<ServerResponse> one(ServerRequest request) {
    String id = request.pathVariable("id");
    Receipt receipt = receipts.find(id);
    if (receipt == null) {
      return Mono.error(ApiError.notFound("receipt", id).toException());
    }
    return ServerResponse.ok().bodyValue(ReceiptJson.whole(receipt));
  }
}
