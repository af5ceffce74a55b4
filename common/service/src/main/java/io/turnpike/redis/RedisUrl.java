package io.turnpike.redis;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The URL of a Redis: what it says, and how it may be shown. */
final class RedisUrl {

  static final String EXPECTED =
      "redis://host:port, rediss:// for TLS; user:password@ before the host, /database at the end";

  private static final int DEFAULT_PORT = 6379;

  private RedisUrl() {}

  /** The URL with everything before its {@code @} masked: user and password stand there. */
  static String shown(String url) {
    int at = url.lastIndexOf('@');
    if (at < 0) {
      return url;
    }
    int scheme = url.indexOf("://");
    return url.substring(0, scheme < 0 || scheme > at ? 0 : scheme + 3) + "***" + url.substring(at);
  }

  /** The URL with its port, as Spring Boot wants it; null if it is not one of those expected. */
  static @Nullable String complete(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException wrong) {
      return null;
    }
    boolean known = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
    if (!known || uri.getHost() == null || uri.getQuery() != null || !isDatabase(uri.getPath())) {
      return null;
    }
    String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    String path = uri.getPath().equals("/") ? "" : uri.getPath();
    return uri.getScheme() + "://" + user + uri.getHost() + ":" + port + path;
  }

  private static boolean isDatabase(String path) {
    return path.isEmpty() || path.equals("/") || path.matches("/\\d{1,4}");
  }
}
