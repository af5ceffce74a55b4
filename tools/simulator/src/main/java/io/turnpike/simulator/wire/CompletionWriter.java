package io.turnpike.simulator.wire;

import io.turnpike.simulator.text.Tokenizer;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers of {@code /v1/completions}. */
final class CompletionWriter implements AnswerWriter {

  private final Envelope envelope;
  private final String head;

  CompletionWriter(Envelope envelope) {
    this.envelope = envelope;
    this.head = envelope.head(envelope.request().api().object);
  }

  @Override
  public @Nullable String opening(int index, int[] prompt) {
    return null;
  }

  @Override
  public String chunk(Piece piece) {
    Choice choice = piece.choice();
    boolean first = piece.token() == 0;
    return head
        + "{\"index\":"
        + choice.index()
        + ",\"text\":"
        + Json.quote((first ? echo(choice) : "") + piece.text())
        + ",\"logprobs\":null,"
        + (piece.isLast()
            ? Envelope.finish(choice.answer())
            : "\"finish_reason\":null,\"stop_reason\":null")
        + ",\"prompt_token_ids\":"
        + (first ? envelope.ids(choice.prompt(), 0, choice.prompt().length) : "null")
        + ",\"token_ids\":"
        + envelope.ids(choice.answer().tokens(), piece.token(), piece.token() + 1)
        + "}]"
        + envelope.usageSoFar(piece.soFar())
        + envelope.fingerprintOn(piece)
        + "}";
  }

  @Override
  public String usageChunk(Usage usage) {
    return head
        + "],\"usage\":"
        + usage.counts()
        + ",\"prompt_tokens_details\":{\"cached_tokens\":"
        + usage.cachedTokens()
        + "}}"
        + envelope.fingerprintField()
        + "}";
  }

  @Override
  public String whole(List<Choice> choices, Usage usage, String kvTransferParams) {
    return head
        + choices.stream().map(this::choice).collect(Collectors.joining(","))
        + "],\"service_tier\":null"
        + envelope.fingerprintField()
        + ",\"usage\":"
        + usage.counts()
        + ",\"prompt_tokens_details\":{\"cached_tokens\":"
        + usage.cachedTokens()
        + ",\"created_cache_tokens\":null,\"multimodal_tokens\":null}"
        + ",\"completion_tokens_details\":null}"
        + ",\"kv_transfer_params\":"
        + kvTransferParams
        + ",\"ec_transfer_params\":null,\"metrics\":null}";
  }

  private String choice(Choice choice) {
    int[] tokens = choice.answer().tokens();
    return "{\"index\":"
        + choice.index()
        + ",\"text\":"
        + Json.quote(echo(choice) + choice.answer().text())
        + ",\"logprobs\":null,"
        + Envelope.finish(choice.answer())
        + ",\"token_ids\":"
        + envelope.ids(tokens, 0, tokens.length)
        + ",\"prompt_logprobs\":null,\"prompt_token_ids\":"
        + envelope.ids(choice.prompt(), 0, choice.prompt().length)
        + ",\"routed_experts\":null}";
  }

  private String echo(Choice choice) {
    return envelope.request().echo() ? Tokenizer.decode(choice.prompt()) : "";
  }
}
