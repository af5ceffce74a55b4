package io.turnpike.gateway;

import io.turnpike.configuration.StartRefused;
import io.turnpike.control.Bearer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key of control endpoints. One that is configured counts; else none is needed on a loopback
 * address without callers; else the one in a file, which is made there at the first such start,
 * readable by its owner alone. Services that start at once agree on one.
 */
final class AdminKey {

  private static final Logger LOG = LoggerFactory.getLogger(AdminKey.class);
  private static final int SECRET_BYTES = 32;
  private static final FileAttribute<?> OWNERS_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private AdminKey() {}

  /**
   * The key; one that is not demanded if all may use control endpoints.
   *
   * @param key as configured
   * @param file where one is kept otherwise
   * @param bind the address that the service listens on; null: all of them
   * @param callers whether turns need keys
   */
  static Bearer of(@Nullable String key, Path file, @Nullable InetAddress bind, boolean callers) {
    Bearer configured = Bearer.adminKey(key);
    boolean wide = bind == null || !bind.isLoopbackAddress();
    return configured.isDemanded() || !(wide || callers) ? configured : Bearer.adminKey(kept(file));
  }

  /** What is in the file, which is made if it is not there. */
  static String kept(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file.toAbsolutePath());
      }
      String key = Files.readString(file).strip();
      if (!key.isEmpty()) {
        return key;
      }
      throw refused(file, "is empty");
    } catch (IOException | UnsupportedOperationException wrong) {
      throw refused(file, "cannot be made or read (" + wrong + ")");
    }
  }

  private static StartRefused refused(Path file, String what) {
    return StartRefused.property(
        "turnpike.gateway.admin-key-file",
        file + " " + what,
        "a file that can be kept, or turnpike.gateway.admin-key set");
  }

  /** Written aside and then linked, so that nobody reads half of it and the first one wins. */
  private static void make(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    String key = "tp-" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    Path aside = Files.createTempFile(folder, "admin-key", ".new", OWNERS_ALONE);
    try {
      Files.write(aside, (key + "\n").getBytes(StandardCharsets.US_ASCII));
      Files.createLink(file, aside);
      LOG.atInfo().addKeyValue("file", file).log("control endpoints need the admin key: made");
    } catch (FileAlreadyExistsException anothers) {
      // made by another service at the same moment
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
