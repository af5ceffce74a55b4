package io.turnpike.simulator.wire;

import io.turnpike.simulator.text.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one request's answer, whole or as the data of server-sent events. Thread-safe. */
public sealed interface AnswerWriter permits ChatWriter, CompletionWriter {

  /**
   * The writer for a request.
   *
   * @param createdSeconds epoch seconds
   * @param fingerprint the engine's system_fingerprint
   */
  static AnswerWriter of(GenerateRequest request, long createdSeconds, String fingerprint) {
    Envelope envelope = new Envelope(request, createdSeconds, fingerprint);
    return switch (request.api()) {
      case CHAT -> new ChatWriter(envelope);
      case COMPLETION -> new CompletionWriter(envelope);
    };
  }

  /** The chunk that opens a choice's stream, null where there is none. */
  @Nullable String opening(int index, int[] prompt);

  /** The chunk for one generated token. */
  String chunk(Piece piece);

  /** The chunk that carries only usage. */
  String usageChunk(Usage usage);

  /** The whole answer. {@code kvTransferParams} is JSON or {@code null} as text. */
  String whole(List<Choice> choices, Usage usage, String kvTransferParams);

  /**
   * One token of a stream.
   *
   * @param choice whose token; its answer tells text and end
   * @param token the token's index in the answer; its length for an end without a token
   * @param soFar usage up to here, for continuous_usage_stats
   * @param closing whether this is the last chunk of the last choice
   */
  record Piece(Choice choice, int token, Usage soFar, boolean closing) {

    String text() {
      return choice.answer().piece(token);
    }

    boolean isLast() {
      return token >= choice.answer().tokens().length - 1;
    }
  }

  /** What all parts of an answer share. */
  record Envelope(GenerateRequest request, long createdSeconds, String fingerprint) {

    String head(String object) {
      return "{\"id\":"
          + Json.quote(request.id())
          + ",\"object\":\""
          + object
          + "\",\"created\":"
          + createdSeconds
          + ",\"model\":"
          + Json.quote(request.model())
          + ",\"choices\":[";
    }

    /** On the last chunk, or on the usage chunk when there is one. */
    String fingerprintOn(Piece piece) {
      return piece.closing() && !request.stream().hasUsage() ? fingerprintField() : "";
    }

    String fingerprintField() {
      return ",\"system_fingerprint\":\"" + fingerprint + "\"";
    }

    String usageSoFar(Usage usage) {
      return request.stream() == GenerateRequest.Streaming.USAGE_ALWAYS
          ? ",\"usage\":" + usage.counts() + ",\"completion_tokens_details\":null}"
          : "";
    }

    String ids(int[] tokens, int from, int to) {
      if (!request.returnTokenIds()) {
        return "null";
      }
      StringBuilder ids = new StringBuilder("[");
      for (int i = from; i < Math.min(to, tokens.length); i++) {
        ids.append(i == from ? "" : ",").append(Integer.toUnsignedLong(tokens[i]));
      }
      return ids.append(']').toString();
    }

    static String finish(Answer answer) {
      return "\"finish_reason\":\""
          + answer.finish().wireName()
          + "\",\"stop_reason\":"
          + stopReason(answer);
    }

    private static String stopReason(Answer answer) {
      return switch (answer.stopReason()) {
        case null -> "null";
        case String text -> Json.quote(text);
        case Object id -> id.toString();
      };
    }
  }
}
