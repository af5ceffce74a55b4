package io.turnpike.launcher.ray;

import io.turnpike.launcher.stack.StackException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The working folder that a job's processes get on each node: the driver, its plan, and the files
 * of {@code working_dir}.
 *
 * @param name by which Ray keeps it
 * @param bytes a zip archive
 */
@SuppressWarnings("ArrayRecordComponent") // Written once, read once, never compared.
record RayArchive(String name, byte[] bytes) {

  /** Ray keeps archives in its head node's memory, and takes no more than 100 MiB. */
  static final long MOST_BYTES = 64L << 20;

  private static final List<String> DRIVER =
      List.of(
          "turnpike_actors.py",
          "turnpike_driver.py",
          "turnpike_keeper.py",
          "turnpike_order.py",
          "turnpike_orders.py",
          "turnpike_places.py",
          "turnpike_traffic.py",
          "turnpike_words.py");

  /** The archive of a job. */
  static RayArchive of(JsonNode plan, @Nullable Path folder) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String file : DRIVER) {
        try (InputStream in = RayArchive.class.getResourceAsStream(file)) {
          if (in == null) {
            throw new IllegalStateException(file + " is missing in this program");
          }
          add(zip, file, in.readAllBytes());
        }
      }
      add(zip, "turnpike_plan.json", plan.toString().getBytes(StandardCharsets.UTF_8));
      if (folder != null) {
        for (Path file : files(folder)) {
          add(zip, folder.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    } catch (IOException e) {
      throw new StackException("working_dir cannot be read: " + e.getMessage());
    }
    byte[] archive = bytes.toByteArray();
    return new RayArchive("_ray_pkg_" + hash(archive) + ".zip", archive);
  }

  private static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setLastModifiedTime(FileTime.fromMillis(0)); // The same files are the same archive.
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** How much a folder would add. */
  static long bytes(Path folder) {
    try {
      long sum = 0;
      for (Path file : files(folder)) {
        sum += Files.size(file);
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    }
  }

  /** What version control and Python keep for themselves is nobody's input. */
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(
              file -> !folder.relativize(file).toString().matches("(.*/)?(\\.git|__pycache__)/.*"))
          .sorted()
          .toList();
    }
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
