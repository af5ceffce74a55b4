package io.turnpike.launcher.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The end of a log file; reads a bounded part of it at a time. */
public final class LogFile {

  /** Bytes that are looked at from the end, and that are read at once when following. */
  private static final int WINDOW_BYTES = 1024 * 1024;

  private static final Duration POLL = Duration.ofMillis(200);

  private LogFile() {}

  /** The last lines, at most that many; none when the file is not there. */
  public static List<String> last(Path log, int lines) {
    List<String> last = new ArrayList<>();
    try {
      last(log, lines, last::add);
    } catch (IOException e) {
      return List.of();
    }
    return last;
  }

  /** Hands the last lines on, at most that many, and returns the offset after them. */
  public static long last(Path log, int lines, Consumer<String> reader) throws IOException {
    if (!Files.isRegularFile(log)) {
      return 0;
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long end = file.length();
      byte[] bytes = read(file, Math.max(0, end - WINDOW_BYTES), end);
      List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      all.subList(Math.max(0, all.size() - lines), all.size()).forEach(reader);
      return end;
    }
  }

  /**
   * Hands the last lines on.
   *
   * @param follow whether to go on with what is written, until the thread is interrupted
   */
  public static void show(Path log, int lines, boolean follow, Consumer<String> reader)
      throws IOException, InterruptedException {
    long end = last(log, lines, reader);
    if (follow) {
      follow(log, end, text -> text.lines().forEach(reader));
    }
  }

  /** Hands on what is written after that offset, until the thread is interrupted. */
  public static void follow(Path log, long from, Consumer<String> reader)
      throws IOException, InterruptedException {
    long offset = from;
    while (true) {
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
        long end = file.length();
        if (end < offset) {
          offset = 0; // A new run has begun the file anew.
        }
        byte[] bytes = read(file, offset, Math.min(end, offset + WINDOW_BYTES));
        int whole = wholeLines(bytes);
        if (whole > 0) {
          reader.accept(new String(bytes, 0, whole, StandardCharsets.UTF_8));
        }
        offset += whole;
      } catch (java.io.FileNotFoundException e) {
        offset = 0;
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }

  /** Bytes up to the last line end, so that no character is cut; all when a line fills them. */
  private static int wholeLines(byte[] bytes) {
    for (int i = bytes.length; i > 0; i--) {
      if (bytes[i - 1] == '\n') {
        return i;
      }
    }
    return bytes.length == WINDOW_BYTES ? bytes.length : 0;
  }

  private static byte[] read(RandomAccessFile file, long from, long to) throws IOException {
    byte[] bytes = new byte[(int) (to - from)];
    file.seek(from);
    file.readFully(bytes);
    return bytes;
  }
}
