package io.turnpike.simulator.http;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Connector;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a connector by its name on the wire. */
final class ConnectorName implements ITypeConverter<Connector> {

  @Override
  public Connector convert(String value) {
    return Connectors.named(value)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    value + " (expected: one of " + Connectors.words() + ")"));
  }
}
