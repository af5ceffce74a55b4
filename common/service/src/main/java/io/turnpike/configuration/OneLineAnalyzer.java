package io.turnpike.configuration;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says in one line which key is wrong and what was expected. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class OneLineAnalyzer implements FailureAnalyzer {

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    StartRefused refused = find(failure, StartRefused.class);
    String line = refused != null ? refused.getMessage() : bindLine(failure);
    return line == null ? null : new FailureAnalysis(line, null, failure);
  }

  private static @Nullable String bindLine(Throwable failure) {
    UnboundConfigurationPropertiesException unbound =
        find(failure, UnboundConfigurationPropertiesException.class);
    if (unbound != null) {
      return unknownKey(unbound, find(failure, ConfigurationPropertiesBindException.class));
    }
    BindValidationException invalid = find(failure, BindValidationException.class);
    if (invalid != null) {
      return invalid(invalid);
    }
    BindException bind = find(failure, BindException.class);
    return bind == null ? null : unreadable(bind);
  }

  private static String unknownKey(
      UnboundConfigurationPropertiesException unbound,
      @Nullable ConfigurationPropertiesBindException where) {
    ConfigurationProperty property = unbound.getUnboundProperties().iterator().next();
    String origin = property.getOrigin() == null ? "" : " in " + property.getOrigin();
    String siblings = where == null ? "" : siblings(property.getName(), where.getBeanType());
    return "%s: unknown key%s%s"
        .formatted(
            property.getName(),
            origin,
            siblings.isEmpty() ? "" : " (expected: one of " + siblings + ")");
  }

  /** The names that stand beside the unknown one: the components of its record. */
  private static String siblings(ConfigurationPropertyName name, Class<?> properties) {
    Class<?> type = properties;
    for (int i = 0; i < name.getNumberOfElements() - 1; i++) {
      String element = name.getElement(i, ConfigurationPropertyName.Form.UNIFORM);
      RecordComponent component = component(type, element);
      if (component != null) {
        type = elementType(component);
      }
    }
    return type.isRecord()
        ? Arrays.stream(type.getRecordComponents())
            .map(c -> dashed(c.getName()))
            .collect(Collectors.joining(", "))
        : "";
  }

  private static @Nullable RecordComponent component(Class<?> type, String uniform) {
    return !type.isRecord()
        ? null
        : Arrays.stream(type.getRecordComponents())
            .filter(c -> c.getName().toLowerCase(Locale.ROOT).equals(uniform))
            .findFirst()
            .orElse(null);
  }

  private static Class<?> elementType(RecordComponent component) {
    if (component.getGenericType() instanceof java.lang.reflect.ParameterizedType generic
        && generic.getActualTypeArguments().length == 1
        && generic.getActualTypeArguments()[0] instanceof Class<?> element) {
      return element;
    }
    return component.getType();
  }

  private static String dashed(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String invalid(BindValidationException invalid) {
    ObjectError error = invalid.getValidationErrors().getAllErrors().getFirst();
    String prefix = invalid.getValidationErrors().getName().toString();
    return error instanceof FieldError field
        ? "%s.%s: %s (expected: %s)"
            .formatted(
                prefix,
                dashed(field.getField()),
                field.getRejectedValue(),
                field.getDefaultMessage())
        : "%s: %s".formatted(prefix, error.getDefaultMessage());
  }

  private static String unreadable(BindException bind) {
    Throwable root = bind;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    ConfigurationProperty property = bind.getProperty();
    String name = (property == null ? bind.getName() : property.getName()).toString();
    if (property == null) {
      String message = String.valueOf(root.getMessage());
      return message.startsWith("turnpike.") ? message : name + ": " + message;
    }
    Class<?> type = bind.getTarget().getType().resolve(Object.class);
    return "%s: \"%s\" (expected: %s)".formatted(name, property.getValue(), expectation(type));
  }

  private static String expectation(Class<?> type) {
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(c -> c.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    return switch (type.getSimpleName()) {
      case "Duration" -> "a time with a unit, such as 500ms or 15s";
      case "DataSize" -> "a size with a unit, such as 32MB";
      case "int", "Integer", "long", "Long" -> "a whole number";
      case "double", "Double" -> "a number";
      case "boolean", "Boolean" -> "true or false";
      case "URI" -> "a URI";
      default -> "a " + type.getSimpleName();
    };
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
