package io.turnpike.caller;

import io.turnpike.conversation.Tenant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for turns, and what they may do. Nothing in it is a secret of theirs but the salt, which
 * is not shown. Immutable.
 *
 * @param id as the operator's file has it; empty: anybody
 * @param models that they may ask for; empty: all
 * @param limits of theirs
 * @param priority whether they may say how urgent a turn is
 * @param admin whether their key opens control endpoints too
 * @param salt keeps their prefix cache apart from that of others; null: one cache for all
 */
public record Caller(
    String id,
    Set<String> models,
    Limits limits,
    boolean priority,
    boolean admin,
    @Nullable CacheSalt salt) {

  /** Everybody, where no keys are configured. */
  public static final Caller ANYBODY = new Caller("", Set.of(), Limits.NONE, true, false, null);

  public Caller {
    models = Set.copyOf(models);
  }

  /** Whether a key names it. */
  public boolean isNamed() {
    return !id.isEmpty();
  }

  /** Whether it may ask for a model; null: whatever the engine takes then. */
  public boolean mayUse(@Nullable String model) {
    return models.isEmpty() || (model != null && models.contains(model));
  }

  /**
   * Whose conversations its turns belong to.
   *
   * @param authorization the request's header, which tells callers without keys apart
   */
  public Tenant tenant(@Nullable String authorization) {
    return isNamed() ? Tenant.ofKey(id) : Tenant.ofAuthorization(authorization);
  }

  @Override
  public String toString() {
    return isNamed() ? "caller " + id : "anybody";
  }
}
