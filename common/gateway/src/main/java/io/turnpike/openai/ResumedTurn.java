package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of another engine so that it goes on where an answer broke off. First an engine is
 * asked to cut what was asked and what was said into tokens ({@code POST /tokenize}). That tells
 * how many tokens are left of the answer's limit, and whether the other engine would see all as it
 * was:
 *
 * <pre>
 *   SAID    the text so far, alone, and its pieces if need be    S  as cut, s  as spoken
 *   ASKED   the chat, or the text, as it was asked               A  (a prompt of ids is known)
 *   BOTH    the two as one, the text as the last message         B  (not for a prompt of ids)
 * </pre>
 *
 * A completion goes on from the ids A + s: a text that ends inside a word is not cut into other
 * tokens for that, wherever prompt and answer meet. Only where A begins B and something else than S
 * follows, it goes on from B: there a text by itself is not what it is behind another.
 *
 * <p>A chat goes on by {@code continue_final_message} if B = A + S: a template may trim the text,
 * take a thought out of it or put one before it. That keeps the shape of its chunks, and calls of
 * tools are read. Where s is not S, {@code kv_transfer_params.prompt_token_ids} say so, from which
 * engines take a chat's tokens since vLLM 0.25; older ones go on from S, another spelling of the
 * same text.
 *
 * <p>Rejected: {@code return_token_ids} in every stream, by which every chunk has to be parsed, and
 * rewritten for its client. Used by one thread at a time.
 */
public final class ResumedTurn implements LegBodies {

  private enum Question {
    SAID,
    ASKED,
    BOTH,
    NONE
  }

  private static final int KINDS = BodyEdits.KV | BodyEdits.RESUME;
  private static final String NO_TOKENS = "/tokenize answered without tokens";

  private final TurnBody turn;
  private final TurnScanner scan;
  private final SaidText.Said said;
  private final SaidTokens saidTokens;
  private Question question = Question.SAID;
  private TokenIds asked = TokenIds.NONE;
  private TokenIds spoken = TokenIds.NONE;

  ResumedTurn(TurnBody turn, TurnScanner scan, SaidText said) {
    this.turn = turn;
    this.scan = scan;
    this.said = said.take();
    this.saidTokens = new SaidTokens(this.said);
  }

  private boolean isChat() {
    return scan.api == TurnApi.CHAT;
  }

  // --- the tokens ---

  /** The next body for {@code /tokenize}, which the caller releases; null when all is known. */
  public @Nullable ByteBuf question(ByteBufAllocator allocator) {
    return switch (question) {
      case SAID -> ofText(inQuotes(Objects.requireNonNull(saidTokens.question())), false);
      case ASKED ->
          isChat()
              ? turn.decodeLeg(allocator, KINDS, null, List.of(asked().add("]").toBytes()))
              : ofText(scan.prompt.text(scan.body), true);
      case BOTH -> isChat() ? turn.decodeLeg(allocator, KINDS, null, goOn()) : ofBothTexts();
      case NONE -> null;
    };
  }

  private ByteBuf ofBothTexts() {
    byte[] prompt = scan.prompt.text(scan.body);
    JsonPieces both = new JsonPieces().add(prompt, 0, prompt.length - 1).add(said.text()).add("\"");
    return ofText(both.toBytes(), true);
  }

  private ByteBuf ofText(byte[] quoted, boolean specialTokens) {
    JsonPieces json = new JsonPieces().add("{\"prompt\":").add(quoted);
    if (scan.model != null) {
      json.add(",\"model\":").quote(scan.model);
    }
    json.add(",\"return_token_strs\":true,\"add_special_tokens\":");
    json.add(String.valueOf(specialTokens)).add("}");
    return Unpooled.wrappedBuffer(json.toBytes());
  }

  private static byte[] inQuotes(byte[] text) {
    return new JsonPieces().add("\"").add(text).add("\"").toBytes();
  }

  /**
   * Takes the answer to the last question.
   *
   * @param answer as it came
   * @return why the turn cannot go on, for people; null: it can, as far as is known
   */
  public @Nullable String answered(byte[] answer) {
    TokenIds ids = TokenIds.ofAnswer(answer);
    if (ids == null) {
      return NO_TOKENS;
    }
    return switch (question) {
      case SAID -> said(ids);
      case ASKED -> asked(ids);
      case BOTH -> both(ids);
      case NONE -> NO_TOKENS;
    };
  }

  private @Nullable String asked(TokenIds ids) {
    asked = ids;
    question = Question.BOTH;
    return null;
  }

  private @Nullable String both(TokenIds ids) {
    question = Question.NONE;
    return isChat() ? bothOfChat(ids) : bothOfText(ids);
  }

  private @Nullable String said(TokenIds ids) {
    saidTokens.answered(ids);
    if (saidTokens.question() != null) {
      return null;
    }
    spoken = saidTokens.spoken();
    if (!isChat() && scan.prompt.ids() >= 0) {
      asked = scan.prompt.ids(scan.body);
      question = Question.NONE;
    } else {
      question = Question.ASKED;
    }
    return maxTokens() == 0 ? "it had all its tokens" : null;
  }

  private @Nullable String bothOfChat(TokenIds both) {
    return both.equals(asked.then(saidTokens.canonical()))
        ? null
        : "the chat template does not leave what was said as it was";
  }

  private @Nullable String bothOfText(TokenIds both) {
    if (both.beginsWith(asked) && !both.equals(asked.then(saidTokens.canonical()))) {
      spoken = both.slice(asked.count(), both.count());
    }
    return null;
  }

  /** Tokens of what was asked. */
  public int promptTokens() {
    return asked.count();
  }

  /** Tokens of what was said. */
  public int saidTokens() {
    return spoken.count();
  }

  /** Tokens that the rest of the answer may have; −1: only the context limits it. */
  public int maxTokens() {
    int limit = turn.maxTokensAsEnginesTakeIt();
    return limit < 0 ? -1 : Math.max(0, limit - saidTokens());
  }

  // --- the legs ---

  @Override
  public ByteBuf prefillLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams) {
    return turn.prefillLeg(allocator, KINDS, withIds(kvTransferParams), goOn());
  }

  @Override
  public ByteBuf decodeLeg(ByteBufAllocator allocator, byte @Nullable [] kvTransferParams) {
    List<byte[]> members = goOn();
    int rest = maxTokens();
    if (rest >= 0) {
      members.add(JsonPieces.of("\"" + turn.limitName() + "\":" + rest));
    }
    if (scan.minTokens > saidTokens()) {
      members.add(JsonPieces.of("\"min_tokens\":" + (scan.minTokens - saidTokens())));
    }
    return turn.decodeLeg(allocator, KINDS, withIds(kvTransferParams), members);
  }

  /** The members by which what was said is the beginning of the answer. */
  private List<byte[]> goOn() {
    List<byte[]> members = new ArrayList<>(5);
    if (isChat()) {
      String opening = ",{\"role\":\"assistant\",\"content\":\"";
      members.add(asked().add(opening).add(said.text()).add("\"}]").toBytes());
      members.add(JsonPieces.of("\"add_generation_prompt\":false"));
      members.add(JsonPieces.of("\"continue_final_message\":true"));
    } else {
      members.add(JsonPieces.of("\"prompt\":" + asked.then(spoken)));
    }
    return members;
  }

  /** The messages that were asked, and no end. */
  private JsonPieces asked() {
    int last = scan.messagesStart + scan.messagesBytes - 1;
    return new JsonPieces().add("\"messages\":").add(scan.body, scan.messagesStart, last);
  }

  /** Parameters of a handoff, and the tokens of a chat that its text does not tell. */
  private byte @Nullable [] withIds(byte @Nullable [] params) {
    if (!isChat() || spoken.equals(saidTokens.canonical())) {
      return params;
    }
    JsonPieces ids = new JsonPieces().add("{\"prompt_token_ids\":" + asked.then(spoken));
    if (params == null || params.length <= "{}".length()) {
      return ids.add("}").toBytes();
    }
    return ids.add(",").add(params, 1, params.length).toBytes();
  }

  /** What joins the chunks of the rest to those that the client has. */
  public Seam seam() {
    return new Seam(said.firstChunk(), promptTokens(), saidTokens());
  }
}
