package io.turnpike.routing;

import io.turnpike.cost.PathKind;
import io.turnpike.cost.PricedPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What paths were expected to cost a turn and its neighbours, when it was decided.
 *
 * @param taken the one of them that was taken
 * @param cheapest of each kind that there was, in the kinds' order
 */
public record Predicted(PricedPath taken, List<PricedPath> cheapest) {

  public Predicted {
    cheapest = List.copyOf(cheapest);
  }

  /** The cheapest path of a kind; null: there was none. */
  public @Nullable PricedPath cheapest(PathKind kind) {
    for (PricedPath path : cheapest) {
      if (path.kind() == kind) {
        return path;
      }
    }
    return null;
  }
}
