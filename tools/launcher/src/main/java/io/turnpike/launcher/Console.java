package io.turnpike.launcher;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where commands write to. Colours and the moving progress line are for a terminal only; a pipe or
 * a file gets plain lines. Not thread-safe.
 */
final class Console {

  private static final int PROGRESS_COLUMNS = 110;

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean terminal;
  private final boolean colours;
  private boolean progressShown;
  private String lastProgress = "";

  Console(PrintWriter out, PrintWriter err, boolean terminal, boolean colours) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.colours = colours;
  }

  /** The console of this process; {@code NO_COLOR} is respected. */
  @SuppressWarnings("SystemConsoleNull") // Since JDK 25 it is null again without a terminal.
  static Console system() {
    java.io.Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return new Console(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        terminal,
        terminal && System.getenv("NO_COLOR") == null);
  }

  boolean isTerminal() {
    return terminal;
  }

  boolean hasColours() {
    return colours;
  }

  PrintWriter err() {
    return err;
  }

  PrintWriter out() {
    return out;
  }

  void line(String text) {
    clearProgress();
    out.println(text);
  }

  /** Text as it is, without a line end of ours. */
  void print(String text) {
    clearProgress();
    out.print(text);
    out.flush();
  }

  /** A fault: what happened and what to do about it. */
  void fault(String text) {
    clearProgress();
    err.println(red("turnpike: ") + text);
  }

  /** A line beside a fault, such as one of a log. */
  void detail(String text) {
    clearProgress();
    err.println(text);
  }

  /** Where we are: one line that the next one overwrites; without a terminal, changes only. */
  void progress(String text) {
    if (terminal) {
      String cut = text.length() > PROGRESS_COLUMNS ? text.substring(0, PROGRESS_COLUMNS) : text;
      out.print("\r\u001b[2K" + dim(cut));
      out.flush();
      progressShown = true;
    }
  }

  /** The same for a pipe: said once. */
  void milestone(String text) {
    if (!terminal && !text.equals(lastProgress)) {
      out.println(text);
      lastProgress = text;
    }
  }

  private void clearProgress() {
    if (progressShown) {
      out.print("\r\u001b[2K");
      out.flush();
      progressShown = false;
    }
  }

  /** Rows under a header, columns as wide as they need to be. */
  void table(List<String> header, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(header);
    all.addAll(rows);
    int[] widths = new int[header.size()];
    for (List<String> row : all) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int r = 0; r < all.size(); r++) {
      StringBuilder line = new StringBuilder();
      List<String> row = all.get(r);
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
      }
      line(r == 0 ? bold(line.toString().stripTrailing()) : line.toString().stripTrailing());
    }
  }

  String bold(String text) {
    return paint("1", text);
  }

  String dim(String text) {
    return paint("2", text);
  }

  String red(String text) {
    return paint("31", text);
  }

  String green(String text) {
    return paint("32", text);
  }

  private String paint(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
