package io.turnpike.simulator.validate;

import io.turnpike.simulator.table.CsvTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The measured sets that come with the simulator; their README names source and licence. */
final class MeasuredSets {

  private MeasuredSets() {}

  /** Two GPUs, turn 2, 84 cells. */
  static CsvTable grid() {
    return read("measured-h100-2gpu-turn2.csv");
  }

  /** Four GPUs, turn by turn. */
  static CsvTable turns() {
    return read("measured-h100-turns.csv");
  }

  /** One GPU, bursts of decodes. */
  static CsvTable bursts() {
    return read("measured-h100-interference.csv");
  }

  private static CsvTable read(String name) {
    try (InputStream in = MeasuredSets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return CsvTable.read(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
