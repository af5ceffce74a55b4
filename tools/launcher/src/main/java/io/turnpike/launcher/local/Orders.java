package io.turnpike.launcher.local;

import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the process that watches over a job: files in the job's folder, so that nobody
 * but who may write there can ask, and no port is needed. A Unix socket was rejected: its path may
 * have about a hundred letters, and a job's folder often has more.
 *
 * <pre>
 *  N.order   what is asked, a word a line
 *  N.said    what is said meanwhile, for people
 *  N.end     there when it is done; what went wrong, or nothing
 * </pre>
 *
 * @param folder where they lie
 */
record Orders(Path folder) {

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final String ORDER = ".order";
  private static final String SAID = ".said";
  private static final String END = ".end";

  /** Does what is asked. */
  @FunctionalInterface
  interface Doer {
    void act(List<String> words, Consumer<String> out) throws InterruptedException;
  }

  /**
   * Asks, and returns when it is done.
   *
   * @param watched whether the process that is asked still lives
   * @param out gets what it says
   * @throws StackException with what went wrong
   */
  void give(List<String> words, BooleanSupplier watched, Consumer<String> out)
      throws InterruptedException {
    String name =
        String.format(
            Locale.ROOT, "%d-%d", System.currentTimeMillis(), ProcessHandle.current().pid());
    Path order = folder.resolve(name + ORDER);
    write(folder.resolve(name + ".draft"), words);
    move(folder.resolve(name + ".draft"), order);
    long read = 0;
    while (true) {
      boolean lives = watched.getAsBoolean();
      boolean ended = Files.exists(folder.resolve(name + END));
      List<String> said = lines(folder.resolve(name + SAID));
      said.stream().skip(read).forEach(out);
      read = said.size();
      if (ended) {
        requireNoFault(name);
        return;
      }
      if (!lives) {
        delete(order);
        throw new StackException("nobody watches over the job any more (see job status)");
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  private void requireNoFault(String name) {
    List<String> fault = lines(folder.resolve(name + END));
    delete(folder.resolve(name + SAID));
    delete(folder.resolve(name + END));
    if (!fault.isEmpty()) {
      throw new StackException(fault.getFirst(), fault.subList(1, fault.size()));
    }
  }

  /** Does one order after the other, until this thread is interrupted. */
  void serve(Doer doer) throws InterruptedException {
    while (true) {
      Path order = oldest();
      if (order == null) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      } else {
        serve(order, doer);
      }
    }
  }

  private void serve(Path order, Doer doer) throws InterruptedException {
    Path said = beside(order, SAID);
    List<String> end = List.of("the job ended meanwhile");
    try {
      doer.act(lines(order), line -> append(said, line));
      end = List.of();
    } catch (StackException e) {
      end = Stream.concat(Stream.of(e.text()), e.log().stream()).toList();
    } catch (PlanException e) {
      end = List.of(e.text());
    } catch (RuntimeException e) {
      end = List.of(e.toString()); // A mistake of ours; other orders are served all the same.
    } finally {
      delete(order);
      write(beside(order, ".draft"), end);
      move(beside(order, ".draft"), beside(order, END));
    }
  }

  private @Nullable Path oldest() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(ORDER))
          .sorted()
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null; // Nobody has asked for anything yet.
    }
  }

  private static Path beside(Path order, String suffix) {
    String name = String.valueOf(order.getFileName());
    return order.resolveSibling(name.substring(0, name.length() - ORDER.length()) + suffix);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static void append(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static void write(Path file, List<String> lines) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + to, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }
}
