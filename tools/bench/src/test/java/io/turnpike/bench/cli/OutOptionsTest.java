package io.turnpike.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.cli.option.OutOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OutOptionsTest {

  private static final List<String> ENDINGS = List.of(".json", ".csv");

  @TempDir private Path folder;
  private final StringWriter err = new StringWriter();

  @Test
  void anEarlierRun_isKept_andThatIsSaid() throws IOException {
    assertThat(free()).isEqualTo(folder.resolve("bench-load"));
    assertThat(err.toString()).isEmpty();
    Files.writeString(folder.resolve("bench-load.csv"), "old");
    assertThat(free()).isEqualTo(folder.resolve("bench-load-2"));
    assertThat(err.toString()).contains("bench-load.* is there from an earlier run and is kept");
    Files.writeString(folder.resolve("bench-load-2.json"), "old");
    assertThat(free()).isEqualTo(folder.resolve("bench-load-3"));
  }

  @Test
  void overwrite_isSaidByWhoWantsIt() throws IOException {
    Files.writeString(folder.resolve("bench-load.json"), "old");
    assertThat(free("--overwrite")).isEqualTo(folder.resolve("bench-load"));
  }

  private Path free(String... options) throws IOException {
    OutOptions files = CommandLine.populateCommand(new OutOptions(), options);
    return files.free(folder.resolve("bench-load"), ENDINGS, new PrintWriter(err, true));
  }
}
