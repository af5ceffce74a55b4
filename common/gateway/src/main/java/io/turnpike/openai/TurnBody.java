package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.turnpike.conversation.PrefixChain;
import io.turnpike.conversation.PrefixChainBuilder;
import io.turnpike.conversation.Tenant;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scanned request body: what a gateway reads of it, and the bodies of the two legs made from it.
 * Holds the client's bytes; used by one thread at a time.
 */
public final class TurnBody implements LegBodies {

  /** What vLLM takes for completions that name no limit. */
  private static final int DEFAULT_COMPLETIONS_TOKENS = 16;

  /** The usual size of a token, for sizes that are only estimated. */
  private static final int BYTES_PER_TOKEN = 4;

  private static final byte[] ONE_TOKEN = "\"max_tokens\":1,\"ignore_eos\":true".getBytes(UTF_8);
  private static final byte[] ONE_COMPLETION_TOKEN = "\"max_completion_tokens\":1".getBytes(UTF_8);
  private static final byte[] NOT_STREAMED = "\"stream\":false".getBytes(UTF_8);
  private static final byte[] ONE_SEQUENCE = "\"n\":1".getBytes(UTF_8);
  private static final byte[] KV_TRANSFER_PARAMS = "\"kv_transfer_params\":".getBytes(UTF_8);

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
   * The same as engines take it: for completions that name no limit in a number, what an explicit
   * null means.
   */
  int maxTokensAsEnginesTakeIt() {
    boolean nothing = scan.api == TurnApi.COMPLETIONS && scan.hasMaxTokens && scan.maxTokens < 0;
    return nothing ? -1 : maxTokens();
  }

  /** The member that limits the answer. */
  String limitName() {
    boolean newer = scan.api == TurnApi.CHAT && scan.maxCompletionTokens >= 0;
    return newer ? "max_completion_tokens" : "max_tokens";
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

  @Override
  public ByteBuf prefillLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams) {
    return prefillLeg(allocator, BodyEdits.KV, kvTransferParams, List.of());
  }

  @Override
  public ByteBuf decodeLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams) {
    return decodeLeg(allocator, BodyEdits.KV, kvTransferParams, List.of());
  }

  /**
   * @param kinds what is cut out besides what no prefill leg has
   * @param instead members that are there instead
   */
  ByteBuf prefillLeg(
      ByteBufAllocator allocator, int kinds, byte @Nullable [] params, List<byte[]> instead) {
    List<byte[]> added = new ArrayList<>(instead);
    added.add(ONE_TOKEN);
    if (scan.hasMaxCompletionTokens) {
      added.add(ONE_COMPLETION_TOKEN);
    }
    if (scan.hasStream) {
      added.add(NOT_STREAMED);
    }
    if (scan.hasN) {
      added.add(ONE_SEQUENCE);
    }
    return splice(allocator, kinds | BodyEdits.PREFILL, params, added);
  }

  ByteBuf decodeLeg(
      ByteBufAllocator allocator, int kinds, byte @Nullable [] params, List<byte[]> instead) {
    return splice(allocator, kinds, params, new ArrayList<>(instead));
  }

  private ByteBuf splice(
      ByteBufAllocator allocator, int kinds, byte @Nullable [] params, List<byte[]> added) {
    if (params != null) {
      added.add(kvMember(params));
    }
    if (salt != null) {
      added.add(saltMember(salt));
    }
    return scan.edits.splice(
        allocator,
        scan.body,
        scan.objectStart,
        scan.objectEnd,
        kinds | alsoCut,
        added.toArray(byte[][]::new));
  }

  // --- going on where an answer broke off ---

  /** The largest body that is kept while its answer passes, so that it can be asked again. */
  static final int MAX_KEPT_BYTES = 256 * 1024;

  /** Whether an answer that breaks off can go on at another engine, as far as can be told now. */
  public boolean isResumable() {
    return scan.stream
        && !scan.oneEngineOnly
        && !severalSequences()
        && scan.objectEnd - scan.objectStart < MAX_KEPT_BYTES;
  }

  /** What goes on where the answer broke off of which the client was given this. */
  public ResumedTurn resumed(SaidText said) {
    return new ResumedTurn(this, scan, said);
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
