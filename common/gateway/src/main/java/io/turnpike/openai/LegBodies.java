package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The bodies of a turn's two legs. */
public interface LegBodies {

  /**
   * The body of the prefill leg: one token, not streamed, one sequence, without what a client may
   * not say to a KV connector; all else byte for byte. {@code ignore_eos} keeps connectors from
   * dropping the KV of a prompt whose first token ends the answer.
   *
   * @param kvTransferParams a JSON object for the prefill engine's connector, or null for none
   * @return a new buffer; the caller releases it
   */
  ByteBuf prefillLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams);

  /**
   * The body of the decode leg, or of a turn that one engine does alone, without what a client may
   * not say to a KV connector.
   *
   * @param kvTransferParams the prefill engine's parameters as they came, or null for none
   * @return a new buffer; the caller releases it
   */
  ByteBuf decodeLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams);
}
