package io.turnpike.trace;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds where somebody says where spans go. */
public final class TracesAreAsked implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return TracingOnlyIfAsked.isAsked(context.getEnvironment());
  }
}
