package io.turnpike.conversation;

/**
 * Where a text or token prompt stands in a request body that a parser has accepted, so that it can
 * be walked again. Holds the body.
 */
final class PromptPlace {

  /** Forms of a prompt. */
  enum Kind {
    /** A JSON string, which counts as its UTF-8. */
    TEXT,
    /** A JSON array of integers; each counts as four bytes. */
    TOKEN_IDS
  }

  private final byte[] body;
  private final int start;
  private final Kind kind;

  /**
   * @param body must not change
   * @param start place of the opening quote or bracket
   */
  PromptPlace(byte[] body, int start, Kind kind) {
    this.body = body;
    this.start = start;
    this.kind = kind;
  }

  /** Gives out the decoded bytes. */
  void walk(CanonicalJson canonical) {
    switch (kind) {
      case TEXT -> canonical.text(body, start);
      case TOKEN_IDS -> ids(canonical);
    }
    canonical.flush();
  }

  private void ids(CanonicalJson canonical) {
    int at = start + 1;
    while (body[at] != ']') {
      byte b = body[at++];
      if (b >= '0' && b <= '9') {
        int id = b - '0';
        while (body[at] >= '0' && body[at] <= '9') {
          id = id * 10 + body[at++] - '0';
        }
        canonical.number(id);
      }
    }
  }
}
