package io.turnpike.bench.report;

import io.turnpike.bench.figures.Goodput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A study's {@code NAME.log}: the block of {@code vllm bench serve} for each turn of a cell. */
public final class BlockLog {

  private final Path file;
  private final Goodput goodput;

  /** Appends to a file, which need not be there. */
  public BlockLog(Path file, Goodput goodput) {
    this.file = file;
    this.goodput = goodput;
  }

  /** Begins it anew. */
  public void begin() throws IOException {
    Files.writeString(file, "");
  }

  /** Appends a block under a line that says what it is. */
  public void add(String what, LoadResult result) throws IOException {
    String text = "\n%s\n%s".formatted(what, ServingBlock.text(result, goodput));
    Files.write(
        file,
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** Where it is. */
  public Path path() {
    return file;
  }
}
