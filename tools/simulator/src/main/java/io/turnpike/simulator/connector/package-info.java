/**
 * Handoffs between engine processes, one class a connector: what a leg asks for, how KV moves, and
 * what goes wrong as it does with vLLM. "KV" is the list of chained block hashes of the prompt it
 * was computed for, so a reader can tell right content from wrong.
 *
 * <p>Starting points: {@link io.turnpike.simulator.connector.KvConnector}, {@link
 * io.turnpike.simulator.connector.NixlConnector}.
 */
@NullMarked
package io.turnpike.simulator.connector;

import org.jspecify.annotations.NullMarked;
