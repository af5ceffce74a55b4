package io.turnpike.trace;

import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.node.Node;
import io.turnpike.receipt.Receipt;
import io.turnpike.turn.TurnRecord;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the trace of one turn is told of it. For the loop of its turn. */
public interface TurnTrace {

  /** Of a turn that has not arrived yet. */
  TurnTrace NONE = Untraced.INSTANCE;

  /** The trace's id, 32 hexadecimal digits, also where it is not recorded; null: there is none. */
  @Nullable String id();

  /** A prefill leg begins; adds to its headers what its engine needs to go on with the trace. */
  HttpHeaders prefill(Node node, HttpHeaders headers);

  /**
   * A leg begins that may answer; as above.
   *
   * @param from whose handoff it takes; null: none
   */
  HttpHeaders answer(Node node, @Nullable Node from, HttpHeaders headers);

  /**
   * The turn is over. Metrics that {@code finish} counts carry the trace's id as an exemplar where
   * it is recorded.
   *
   * @param finish makes the receipt
   */
  Receipt end(TurnRecord record, long nowNanos, Supplier<Receipt> finish);
}
