package io.turnpike.gateway;

import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.openai.TurnBody;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body of one turn's request: held while a leg may need it, kept while only an answer that
 * breaks off would, then dropped. For the loop of its turn.
 */
final class HeldBody {

  private final GatheredBody gathered;
  private @Nullable TurnBody read;

  /**
   * @param gathered is released with it
   * @param read of that
   */
  HeldBody(GatheredBody gathered, TurnBody read) {
    this.gathered = gathered;
    this.read = read;
  }

  /** What was read of it, while it is held. */
  TurnBody read() {
    return Objects.requireNonNull(read);
  }

  /** Until it is taken back the memory may give it up for others. */
  void keep() {
    gathered.keep(read());
    read = null;
  }

  /** It is needed after all, and held; null: it was given up. */
  @Nullable TurnBody takeBack() {
    if (read == null) {
      read = gathered.takeBack();
    }
    return read;
  }

  /** Nothing can need it any more; harmless when repeated. */
  void drop() {
    read = null;
    gathered.release();
  }
}
