package io.turnpike.registry.address;

import io.turnpike.configuration.StartRefused;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules for addresses that engines announce. Loopback alone unless a list says otherwise;
 * link-local, metadata, wildcard and multicast addresses never. Names are never resolved: a name is
 * allowed as {@code localhost} or when it stands in the list, because what it resolves to can
 * change between the check and the use. Immutable.
 */
public final class AllowedAddresses {

  private static final List<Cidr> LOOPBACK = ranges("127.0.0.0/8", "::1/128");

  /** 169.254.169.254 and its kin would hand out a cloud machine's keys. */
  private static final List<Cidr> NEVER =
      ranges(
          "169.254.0.0/16",
          "fe80::/10",
          "fd00:ec2::254/128",
          "0.0.0.0/8",
          "::/128",
          "224.0.0.0/4",
          "ff00::/8",
          "255.255.255.255/32");

  private static final String NEVER_ALLOWED =
      "link-local, metadata, wildcard and multicast addresses are never allowed";

  private final List<Cidr> ranges;
  private final List<String> names;

  private final boolean listed;

  private AllowedAddresses(List<Cidr> ranges, List<String> names, boolean listed) {
    this.listed = listed;
    this.ranges = ranges;
    this.names = names;
  }

  /**
   * The rules that a list gives: CIDR ranges, single addresses, host names, and {@code .suffix} for
   * all names that end so. An empty list means loopback.
   *
   * @param property the list's name, for the message
   * @throws StartRefused naming the entry that is none of these
   */
  public static AllowedAddresses of(String property, List<String> entries) {
    if (entries.isEmpty()) {
      return new AllowedAddresses(LOOPBACK, List.of("localhost"), false);
    }
    List<Cidr> ranges = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      String entry = entries.get(i).strip().toLowerCase(Locale.ROOT);
      Cidr range = Cidr.parse(entry);
      if (range != null) {
        ranges.add(range);
      } else if (entry.matches("\\.?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")
          && !entry.matches("[0-9.]+")) {
        names.add(entry);
      } else {
        throw StartRefused.property(
            "%s[%d]".formatted(property, i),
            '"' + entry + '"',
            "a range such as 10.0.0.0/8, a host name, or .suffix");
      }
    }
    return new AllowedAddresses(List.copyOf(ranges), List.copyOf(names), true);
  }

  /** Whether an address is of this machine alone. */
  public static boolean isLoopback(String host) {
    byte[] address = Cidr.literal(host);
    return address == null
        ? host.equalsIgnoreCase("localhost")
        : LOOPBACK.stream().anyMatch(range -> range.contains(address));
  }

  /**
   * Why a host may not be announced; null if it may.
   *
   * @param host an address or a name, without port
   */
  public @Nullable String refusal(String host) {
    byte[] address = Cidr.literal(host);
    if (address == null) {
      return allowsName(host.toLowerCase(Locale.ROOT))
          ? null
          : "host name is not in the list of allowed addresses";
    }
    if (isNever(address)) {
      return NEVER_ALLOWED;
    }
    return ranges.stream().anyMatch(range -> range.contains(address))
        ? null
        : "address is not in the list of allowed addresses";
  }

  /**
   * Why an address may not be taken that the cluster itself says, not an engine; null if it may.
   * Without a list all may but those that never may.
   */
  public @Nullable String refusalOfDiscovered(String address) {
    if (listed) {
      return refusal(address);
    }
    byte[] literal = Cidr.literal(address);
    return literal == null || isNever(literal) ? NEVER_ALLOWED : null;
  }

  private static boolean isNever(byte[] address) {
    return NEVER.stream().anyMatch(range -> range.contains(address));
  }

  private boolean allowsName(String host) {
    return names.stream()
        .anyMatch(name -> name.startsWith(".") ? host.endsWith(name) : host.equals(name));
  }

  private static List<Cidr> ranges(String... texts) {
    return Stream.of(texts).map(Cidr::parse).filter(java.util.Objects::nonNull).toList();
  }
}
