package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.turnpike.conversation.PrefixChain;
import io.turnpike.conversation.PrefixChainBuilder;
import io.turnpike.conversation.Tenant;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A scanned request body: what a gateway reads of it, and the bodies of the two legs made from it.
 * Holds the client's bytes; used by one thread at a time.
 */
public final class TurnBody {

  /** What vLLM takes for completions that name no limit. */
  private static final int DEFAULT_COMPLETIONS_TOKENS = 16;

  /** The usual size of a token, for sizes that are only estimated. */
  private static final int BYTES_PER_TOKEN = 4;

  private static final byte[] ONE_TOKEN = "\"max_tokens\":1,\"ignore_eos\":true".getBytes(UTF_8);
  private static final byte[] ONE_COMPLETION_TOKEN = "\"max_completion_tokens\":1".getBytes(UTF_8);
  private static final byte[] NOT_STREAMED = "\"stream\":false".getBytes(UTF_8);
  private static final byte[] ONE_SEQUENCE = "\"n\":1".getBytes(UTF_8);
  private static final byte[] KV_TRANSFER_PARAMS = "\"kv_transfer_params\":".getBytes(UTF_8);
  private static final byte[][] NOTHING = {};

  private static final byte[] CACHE_SALT = "\"cache_salt\":\"".getBytes(UTF_8);

  private final TurnScanner scan;
  private int alsoCut;
  private @Nullable String salt;
  private @Nullable PrefixChain chain;
  private @Nullable Tenant chainTenant;

  TurnBody(TurnScanner scan) {
    this.scan = scan;
  }

  public TurnApi api() {
    return scan.api;
  }

  /** The model asked for, or null: vLLM then takes its own. */
  public @Nullable String model() {
    return scan.model;
  }

  /** Whether the client wants the answer streamed. */
  public boolean isStream() {
    return scan.stream;
  }

  /** The most tokens the answer may have, or −1 when only the context length limits it. */
  public int maxTokens() {
    if (scan.api == TurnApi.CHAT) {
      return scan.maxCompletionTokens >= 0 ? scan.maxCompletionTokens : scan.maxTokens;
    }
    return scan.maxTokens >= 0 ? scan.maxTokens : DEFAULT_COMPLETIONS_TOKENS;
  }

  /**
   * Whether a prefill engine would hold more than one sequence for this turn, which a handoff
   * cannot carry: several answers, beam search, several prompts, or a prompt beside embeddings.
   */
  public boolean severalSequences() {
    return scan.n > 1
        || scan.bestOf > 1
        || scan.beamSearch
        || scan.prompt.count() > 1
        || scan.promptEmbeds;
  }

  /**
   * A session key in the body: {@code session_id}, {@code conversation_id} or {@code
   * prompt_cache_key}. Null for another field, or one that is no string.
   */
  public @Nullable String sessionKey(String field) {
    return switch (field) {
      case "session_id" -> scan.sessionId;
      case "conversation_id" -> scan.conversationId;
      case "prompt_cache_key" -> scan.promptCacheKey;
      default -> null;
    };
  }

  /**
   * What the client parts its own prefix cache with, or null.
   *
   * @throws GatewayException 400 if it is nothing that engines take
   */
  public @Nullable String cacheSalt() throws GatewayException {
    String text = scan.cacheSaltText;
    if (scan.hasCacheSalt && (text == null || text.isEmpty())) {
      throw ApiError.invalidField("cache_salt", "wrong", "a non-empty string").toException();
    }
    return text;
  }

  /**
   * From now on both legs carry this salt, and none of the client's, and it parts conversations
   * too.
   *
   * @param value letters, digits, {@code -} and {@code _}
   */
  public void salt(String value) {
    salt = value;
    alsoCut |= BodyEdits.SALT;
    chain = null;
  }

  /** From now on no leg says how urgent the turn is. */
  public void withoutPriority() {
    alsoCut |= BodyEdits.PRIORITY;
  }

  /** Bytes of the messages or the prompt as they stand in the body. */
  public int promptBytes() {
    return scan.promptBytes();
  }

  /** The prompt's size in tokens: a guess from its bytes, exact for token ids. */
  public int promptTokensEstimate() {
    int ids = scan.prompt.ids();
    return ids >= 0 ? ids : promptBytes() / BYTES_PER_TOKEN;
  }

  /** The content of the turn as hashes; computed at the first call for a tenant, then kept. */
  public PrefixChain chain(Tenant tenant) {
    PrefixChain known = chain;
    if (known == null || !tenant.equals(chainTenant)) {
      known = computeChain(tenant);
      chain = known;
      chainTenant = tenant;
    }
    return known;
  }

  private PrefixChain computeChain(Tenant tenant) {
    byte[] body = scan.body;
    PrefixChainBuilder builder =
        new PrefixChainBuilder()
            .seed(scan.api.path())
            .seed(scan.model)
            .tenant(tenant)
            .seedJson(body, salt == null ? scan.cacheSalt : -1)
            .seedJson(body, scan.tools)
            .seedJson(body, scan.chatTemplate)
            .seedJson(body, scan.chatTemplateArguments)
            .seedJson(body, scan.documents);
    if (salt != null) {
      builder.seed(salt);
    }
    if (scan.api == TurnApi.CHAT) {
      scan.messages.addLinks(builder, body);
    } else {
      scan.prompt.addLinks(builder, body);
    }
    return builder.build();
  }

  /**
   * The body of the prefill leg: one token, not streamed, one sequence, without what a client may
   * not say to a KV connector; all else byte for byte. {@code ignore_eos} keeps connectors from
   * dropping the KV of a prompt whose first token ends the answer.
   *
   * @param kvTransferParams a JSON object for the prefill engine's connector, or null for none
   * @return a new buffer; the caller releases it
   */
  public ByteBuf prefillLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams) {
    byte[][] added = new byte[6][];
    int count = 0;
    added[count++] = ONE_TOKEN;
    if (scan.hasMaxCompletionTokens) {
      added[count++] = ONE_COMPLETION_TOKEN;
    }
    if (scan.hasStream) {
      added[count++] = NOT_STREAMED;
    }
    if (scan.hasN) {
      added[count++] = ONE_SEQUENCE;
    }
    if (kvTransferParams != null) {
      added[count++] = kvMember(kvTransferParams);
    }
    if (salt != null) {
      added[count++] = saltMember(salt);
    }
    return splice(allocator, BodyEdits.KV | BodyEdits.PREFILL, Arrays.copyOf(added, count));
  }

  /**
   * The body of the decode leg, or of a turn that one engine does alone: the client's, without what
   * a client may not say to a KV connector.
   *
   * @param kvTransferParams the prefill engine's parameters as they came, or null for none
   * @return a new buffer; the caller releases it
   */
  public ByteBuf decodeLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams) {
    return splice(allocator, BodyEdits.KV, addedToDecode(kvTransferParams));
  }

  private byte[][] addedToDecode(byte @Nullable [] kvTransferParams) {
    if (salt == null) {
      return kvTransferParams == null ? NOTHING : new byte[][] {kvMember(kvTransferParams)};
    }
    return kvTransferParams == null
        ? new byte[][] {saltMember(salt)}
        : new byte[][] {kvMember(kvTransferParams), saltMember(salt)};
  }

  private ByteBuf splice(ByteBufAllocator allocator, int kinds, byte[][] added) {
    return scan.edits.splice(
        allocator, scan.body, scan.objectStart, scan.objectEnd, kinds | alsoCut, added);
  }

  private static byte[] saltMember(String salt) {
    int text = CACHE_SALT.length;
    byte[] member = Arrays.copyOf(CACHE_SALT, text + salt.length() + 1);
    System.arraycopy(salt.getBytes(UTF_8), 0, member, text, salt.length());
    member[member.length - 1] = '"';
    return member;
  }

  private static byte[] kvMember(byte[] params) {
    byte[] member = Arrays.copyOf(KV_TRANSFER_PARAMS, KV_TRANSFER_PARAMS.length + params.length);
    System.arraycopy(params, 0, member, KV_TRANSFER_PARAMS.length, params.length);
    return member;
  }
}
