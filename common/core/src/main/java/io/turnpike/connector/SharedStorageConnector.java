package io.turnpike.connector;

import io.turnpike.node.Connector;

/**
 * A store that both engines see (vLLM's ExampleConnector, once SharedStorageConnector, or LMCache):
 * P writes, D loads what it finds, and the order of the legs is all that a gateway adds.
 */
final class SharedStorageConnector implements Connector {

  @Override
  public String word() {
    return "shared-storage";
  }

  @Override
  public String toString() {
    return word();
  }
}
