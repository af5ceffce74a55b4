package io.turnpike.receipt;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnpike.control.ControlJson;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A refusal as {@code GET /receipts/refused} shows it. */
@ControlJson
@JsonInclude(JsonInclude.Include.NON_NULL)
record RefusalJson(
    String at, String path, @Nullable String caller, int status, @Nullable String code) {

  static RefusalJson of(Refusal refusal) {
    return new RefusalJson(
        refusal.at().truncatedTo(ChronoUnit.MILLIS).toString(),
        refusal.api().path(),
        refusal.caller(),
        refusal.error().status(),
        refusal.error().code());
  }
}
