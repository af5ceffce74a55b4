package io.turnpike.simulator.wire;

import java.util.List;
import java.util.stream.Collectors;

/** Answers of {@code /v1/chat/completions}. */
final class ChatWriter implements AnswerWriter {

  private final Envelope envelope;
  private final String chunkHead;

  ChatWriter(Envelope envelope) {
    this.envelope = envelope;
    this.chunkHead = envelope.head("chat.completion.chunk");
  }

  @Override
  public String opening(int index, int[] prompt) {
    return chunkHead
        + "{\"index\":"
        + index
        + ",\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,"
        + "\"finish_reason\":null}]"
        + envelope.usageSoFar(new Usage(prompt.length, 0, 0, 0))
        + ",\"prompt_token_ids\":"
        + envelope.ids(prompt, 0, prompt.length)
        + ",\"prompt_text\":null}";
  }

  @Override
  public String chunk(Piece piece) {
    Choice choice = piece.choice();
    return chunkHead
        + "{\"index\":"
        + choice.index()
        + ",\"delta\":{\"content\":"
        + Json.quote(piece.text())
        + "},\"logprobs\":null,"
        + (piece.isLast() ? Envelope.finish(choice.answer()) : "\"finish_reason\":null")
        + ",\"token_ids\":"
        + envelope.ids(choice.answer().tokens(), piece.token(), piece.token() + 1)
        + "}]"
        + envelope.usageSoFar(piece.soFar())
        + envelope.fingerprintOn(piece)
        + "}";
  }

  @Override
  public String usageChunk(Usage usage) {
    return chunkHead
        + "],\"usage\":"
        + usage.counts()
        + ",\"prompt_tokens_details\":{\"cached_tokens\":"
        + usage.cachedTokens()
        + ",\"created_cache_tokens\":"
        + usage.createdCacheTokens()
        + "}}"
        + envelope.fingerprintField()
        + "}";
  }

  @Override
  public String whole(List<Choice> choices, Usage usage, String kvTransferParams) {
    int[] prompt = choices.getFirst().prompt();
    return envelope.head(envelope.request().api().object)
        + choices.stream().map(this::choice).collect(Collectors.joining(","))
        + "],\"service_tier\":null"
        + envelope.fingerprintField()
        + ",\"usage\":"
        + usage.counts()
        + ",\"prompt_tokens_details\":{\"cached_tokens\":"
        + usage.cachedTokens()
        + ",\"created_cache_tokens\":"
        + usage.createdCacheTokens()
        + ",\"multimodal_tokens\":null},\"completion_tokens_details\":null}"
        + ",\"prompt_logprobs\":null,\"prompt_token_ids\":"
        + envelope.ids(prompt, 0, prompt.length)
        + ",\"prompt_text\":null,\"kv_transfer_params\":"
        + kvTransferParams
        + ",\"ec_transfer_params\":null,\"metrics\":null}";
  }

  private String choice(Choice choice) {
    int[] tokens = choice.answer().tokens();
    return "{\"index\":"
        + choice.index()
        + ",\"message\":{\"role\":\"assistant\",\"content\":"
        + Json.quote(choice.answer().text())
        + ",\"refusal\":null,\"annotations\":null,\"audio\":null,\"function_call\":null,"
        + "\"reasoning\":null},\"logprobs\":null,"
        + Envelope.finish(choice.answer())
        + ",\"token_ids\":"
        + envelope.ids(tokens, 0, tokens.length)
        + ",\"routed_experts\":null}";
  }
}
