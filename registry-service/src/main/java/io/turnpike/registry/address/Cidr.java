package io.turnpike.registry.address;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A range of IP addresses, such as {@code 10.0.0.0/8} or {@code fd00::/8}. Never asks DNS. */
final class Cidr {

  private final byte[] network;
  private final int prefixBits;

  private Cidr(byte[] network, int prefixBits) {
    this.network = network;
    this.prefixBits = prefixBits;
  }

  /** The range, one address being a range of its own; null if the text is none. */
  static @Nullable Cidr parse(String text) {
    int slash = text.indexOf('/');
    byte[] network = literal(slash < 0 ? text : text.substring(0, slash));
    if (network == null) {
      return null;
    }
    if (slash < 0) {
      return new Cidr(network, network.length * 8);
    }
    String bits = text.substring(slash + 1);
    if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > network.length * 8) {
      return null;
    }
    return new Cidr(network, Integer.parseInt(bits));
  }

  /** The bytes of an IP address written as such, brackets or not; null for a name. */
  static byte @Nullable [] literal(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    boolean literal =
        bare.indexOf(':') >= 0
            ? bare.matches("[0-9a-fA-F:.]{2,45}")
            : bare.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    if (!literal) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(bare).getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  boolean contains(byte[] address) {
    if (address.length != network.length) {
      return false;
    }
    int whole = prefixBits / 8;
    if (!Arrays.equals(address, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = prefixBits % 8;
    int mask = rest == 0 ? 0 : (0xff << (8 - rest)) & 0xff;
    return mask == 0 || (address[whole] & mask) == (network[whole] & mask);
  }
}
