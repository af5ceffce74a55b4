package io.turnpike.membership;

import io.turnpike.node.Connector;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says a node is, before anyone asked the engine.
 *
 * @param id its name
 * @param role what it is to do
 * @param url scheme, host and port of its HTTP server; no path
 * @param connector how it hands KV over
 * @param zmqAddress {@code host:port} of a p2p-nccl engine's own socket, or null
 */
public record NodeSpec(
    NodeId id, Role role, URI url, Connector connector, @Nullable String zmqAddress) {

  private static final int MAX_URL_LENGTH = 512;
  private static final String ZMQ = "zmq=";

  public NodeSpec {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(connector, "connector");
  }

  /**
   * Reads {@code url} or {@code id=url}, each with {@code ;zmq=host:port} behind it for a p2p-nccl
   * engine, which cannot be handed anything without that address. Without an id the node is named
   * {@code host:port}.
   *
   * @throws IllegalArgumentException with a message that starts with {@code name} and says what was
   *     expected
   */
  public static NodeSpec parse(String name, String text, Role role, Connector connector) {
    int options = text.indexOf(';');
    String given = (options < 0 ? text : text.substring(0, options)).strip();
    String zmqAddress =
        zmqAddress(name, options < 0 ? "" : text.substring(options + 1).strip(), given, connector);
    int scheme = given.indexOf("://");
    int equals = given.indexOf('=');
    boolean named = equals >= 0 && (scheme < 0 || equals < scheme);
    URI url = parseUrl(name, named ? given.substring(equals + 1).strip() : given);
    String id = named ? given.substring(0, equals).strip() : url.getAuthority();
    if (!NodeId.isValid(id)) {
      throw new IllegalArgumentException(
          "%s: node id \"%s\" (expected: 1 to %d of letters, digits and . _ : - [ ])"
              .formatted(name, shorten(id), NodeId.MAX_LENGTH));
    }
    return new NodeSpec(new NodeId(id), role, url, connector, zmqAddress);
  }

  private static @Nullable String zmqAddress(
      String name, String option, String node, Connector connector) {
    boolean wanted = connector.needsZmqAddress();
    if (option.isEmpty() && !wanted) {
      return null;
    }
    if (!wanted || !option.startsWith(ZMQ)) {
      throw new IllegalArgumentException(
          "%s: \"%s\" %s (expected: %s)"
              .formatted(
                  name,
                  shorten(node),
                  option.isEmpty() ? "has no zmq address" : "has ;" + shorten(option),
                  wanted
                      ? "id=url;zmq=host:port for the connector p2p-nccl"
                      : "id=url, for the connector " + connector.word()));
    }
    return parseZmqAddress(name, option.substring(ZMQ.length()).strip());
  }

  /**
   * Reads the address of an engine's own socket, {@code host:port}.
   *
   * @throws IllegalArgumentException with a message that starts with {@code name}
   */
  public static String parseZmqAddress(String name, String text) {
    if (!text.matches("[^/@]+:\\d{1,5}")) {
      throw new IllegalArgumentException(
          "%s: \"%s\" (expected: host:port)".formatted(name, shorten(text)));
    }
    return parseUrl(name, "http://" + text).getAuthority();
  }

  /**
   * Reads a comma-separated list of what {@link #parse} reads, such as {@code
   * TURNPIKE_PREFILL_URLS} holds; empty text is an empty list.
   *
   * @param name the variable or property, for error messages
   * @throws IllegalArgumentException naming the variable, the entry and what was expected
   */
  public static List<NodeSpec> parseList(String name, String text, Role role, Connector connector) {
    List<NodeSpec> specs = new ArrayList<>();
    if (text.isBlank()) {
      return specs;
    }
    Set<NodeId> seen = new HashSet<>();
    for (String entry : text.split(",", -1)) {
      NodeSpec spec = parse(name, entry, role, connector);
      if (!seen.add(spec.id())) {
        throw new IllegalArgumentException(
            "%s: node \"%s\" is listed twice (expected: each node once)"
                .formatted(name, spec.id()));
      }
      specs.add(spec);
    }
    return specs;
  }

  /**
   * Reads an engine's address and brings it into one form: lower case, explicit port, no path.
   *
   * @throws IllegalArgumentException with a message that starts with {@code name}
   */
  public static URI parseUrl(String name, String text) {
    try {
      if (text.length() > MAX_URL_LENGTH) {
        throw malformed(name, text);
      }
      URI uri = new URI(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("http") || scheme.equals("https");
      boolean bare =
          uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getFragment() == null;
      String path = uri.getRawPath();
      if (!web || !bare || uri.getHost() == null || !(path.isEmpty() || path.equals("/"))) {
        throw malformed(name, text);
      }
      int port = uri.getPort() >= 0 ? uri.getPort() : (scheme.equals("https") ? 443 : 80);
      if (port < 1 || port > 65_535) {
        throw malformed(name, text);
      }
      return new URI(scheme, null, uri.getHost().toLowerCase(Locale.ROOT), port, null, null, null);
    } catch (URISyntaxException e) {
      throw malformed(name, text);
    }
  }

  private static IllegalArgumentException malformed(String name, String text) {
    return new IllegalArgumentException(
        "%s: \"%s\" (expected: http://host:port, without path, user or query)"
            .formatted(name, shorten(text)));
  }

  private static String shorten(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
