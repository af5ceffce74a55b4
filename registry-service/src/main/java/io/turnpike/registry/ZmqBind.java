package io.turnpike.registry;

import io.turnpike.configuration.StartRefused;
import io.turnpike.registry.address.AllowedAddresses;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the ZMQ socket may listen. */
final class ZmqBind {

  private static final Pattern FORM = Pattern.compile("tcp://(.+):(\\d{1,5}|\\*)");

  private ZmqBind() {}

  /**
   * Refuses what is no address, and one that other machines reach while no list says whom to trust.
   *
   * @throws StartRefused naming the property
   */
  static void check(String property, String bind, List<String> allow) {
    Matcher form = FORM.matcher(bind);
    if (!form.matches()) {
      throw StartRefused.property(property, '"' + bind + '"', "tcp://address:port");
    }
    if (!AllowedAddresses.isLoopback(form.group(1)) && allow.isEmpty()) {
      throw StartRefused.property(
          property,
          "%s can be reached from other machines".formatted(bind),
          "a loopback address, or %s.allow set".formatted(RegistryProperties.PREFIX));
    }
  }
}
