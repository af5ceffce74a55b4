package io.turnpike.openai;

/** The two OpenAI APIs whose turns can be split into a prefill and a decode leg. */
public enum TurnApi {
  /** Chat completions: a list of messages. */
  CHAT("/v1/chat/completions"),
  /** Text completions: a prompt of text or token ids. */
  COMPLETIONS("/v1/completions");

  private final String path;

  TurnApi(String path) {
    this.path = path;
  }

  /** The path of this API, the same on the gateway and on an engine. */
  public String path() {
    return path;
  }
}
