package io.turnpike.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole or not at all. */
public final class AtomicFile {

  private AtomicFile() {}

  /** Replaces a file's text. */
  public static void write(Path file, String text) throws IOException {
    folder(file);
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes the folder that a file is to be in. */
  public static void folder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
  }

  /** Replaces a file with JSON for people. */
  public static void json(Path file, Object value) throws IOException {
    write(file, ResultJson.INDENTED.writeValueAsString(value) + "\n");
  }
}
