package io.turnpike.simulator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.validate.Validation.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The committed report is what the code gives, and the simulator is as near to the measured engines
 * as promised. After a wanted change: {@code simulator validate --write docs}, or this test with
 * {@code -Dsimulator.validation.write=true}.
 */
class ValidationTest {

  private static final Path DOCS = Path.of("../../docs");

  private static Validation validation;

  @BeforeAll
  static void simulate() {
    validation = Validation.run();
  }

  @Test
  void everyBoundHolds() {
    assertThat(validation.checks()).allMatch(Check::holds).hasSize(8);
    assertThat(validation.grid().cells()).hasSize(84);
  }

  @Test
  void committedReport_isWhatTheCodeGives() throws IOException {
    for (Map.Entry<String, String> file : ValidationReport.files(validation).entrySet()) {
      Path committed = DOCS.resolve(file.getKey());
      if (Boolean.getBoolean("simulator.validation.write")) {
        Files.writeString(committed, file.getValue());
      }
      assertThat(committed).hasContent(file.getValue());
    }
  }
}
