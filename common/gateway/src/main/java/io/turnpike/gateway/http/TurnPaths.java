package io.turnpike.gateway.http;

import io.turnpike.openai.TurnApi;
import org.jspecify.annotations.Nullable;

/** Which request targets are turns. */
final class TurnPaths {

  private static final TurnApi[] APIS = TurnApi.values();

  private TurnPaths() {}

  /**
   * The turn API of a request target, which may be a whole URL, as forward proxies send it. A query
   * is ignored, slashes may be doubled (a client whose base URL ends in one asks for {@code
   * /v1//chat/completions}), and some may stand at the end.
   */
  static @Nullable TurnApi apiOf(String target) {
    return target.startsWith("/") ? apiOfPath(target) : apiOfUrl(target);
  }

  private static @Nullable TurnApi apiOfUrl(String url) {
    int scheme = url.indexOf("://");
    int path = scheme < 0 ? -1 : url.indexOf('/', scheme + 3);
    return path < 0 ? null : apiOfPath(url.substring(path));
  }

  private static @Nullable TurnApi apiOfPath(String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    while (end > 1 && target.charAt(end - 1) == '/') {
      end--;
    }
    for (TurnApi api : APIS) {
      if (isPath(target, end, api.path())) {
        return api;
      }
    }
    return null;
  }

  private static boolean isPath(String target, int end, String path) {
    int matched = 0;
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      if (c == '/' && i > 0 && target.charAt(i - 1) == '/') {
        continue;
      }
      if (matched == path.length() || path.charAt(matched++) != c) {
        return false;
      }
    }
    return matched == path.length();
  }
}
