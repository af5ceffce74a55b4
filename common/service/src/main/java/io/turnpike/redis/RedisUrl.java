package io.turnpike.redis;

import io.lettuce.core.RedisURI;

/** The URL of a Redis: what it says, and how it may be shown. */
public final class RedisUrl {

  private RedisUrl() {}

  /** The URL with everything before its {@code @} masked: user and password stand there. */
  public static String shown(String url) {
    int at = url.lastIndexOf('@');
    if (at < 0) {
      return url;
    }
    int scheme = url.indexOf("://");
    return url.substring(0, scheme < 0 || scheme > at ? 0 : scheme + 3) + "***" + url.substring(at);
  }

  /**
   * @throws IllegalArgumentException without the password, if the URL is not one
   */
  static RedisURI parse(String url) {
    try {
      return RedisURI.create(url);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "Redis URL: \"" + shown(url) + "\" (expected: redis://host:port)");
    }
  }
}
