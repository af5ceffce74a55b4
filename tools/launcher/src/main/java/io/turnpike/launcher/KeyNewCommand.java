package io.turnpike.launcher;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a secret for a caller and the entry that lets it in; keeps neither. */
@Command(
    name = "new",
    header = "Make a key: print its secret once, and the entry for the callers' file.",
    mixinStandardHelpOptions = true,
    description =
        "The secret is for the caller, who sends it as Authorization: Bearer SECRET. The entry has"
            + " only its SHA-256. Nothing is written: put the entry into the file yourself;"
            + " gateways take it within a second.",
    footer = {
      "",
      "For example:",
      "  ./turnpike key new alice",
      "  ./turnpike key new alice 2>secret.txt >>callers.yaml"
    })
final class KeyNewCommand implements Callable<Integer> {

  private static final int SECRET_BYTES = 32;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  @Parameters(paramLabel = "NAME", description = "The caller's id, as receipts will show it.")
  private String name = "";

  private final Console console;

  KeyNewCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!NAME.matcher(name).matches() || name.equals("admin")) {
      console.fault(
          "'" + name + "' (expected: 1 to 64 letters, digits and . _ @ -, and not admin)");
      return Turnpike.USAGE;
    }
    byte[] drawn = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(drawn);
    String secret = "tp-" + Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
    console.detail("The secret of " + name + ", shown this once:");
    console.detail(secret);
    console.detail("");
    console.detail("The entry below \"callers:\" in the callers' file:");
    console.line("  - id: " + name);
    console.line("    sha256: " + sha256(secret));
    return 0;
  }

  private static String sha256(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(US_ASCII)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
