package io.turnpike.simulator.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.StepCosts;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.table.CsvTable;
import java.io.IOException;
import java.io.StringReader;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  private static final EngineProfile BASE = Profiles.builtIn(Profiles.DEFAULT);
  private static final String HEADER = "kind,batch,context_tokens,new_tokens,millis\n";

  private static Calibration fit(String rows) throws IOException {
    return Calibration.fit("own", BASE, CsvTable.read(new StringReader(HEADER + rows)));
  }

  @Test
  void pointsMadeWithTheFormula_giveItsConstantsBack() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int batch : new int[] {1, 16, 64, 200}) {
      for (int context : new int[] {100, 1000, 4000}) {
        double millis = 11 + 0.02 * batch + 1.1e-4 * batch * context;
        rows.append(String.format(Locale.ROOT, "decode,%d,%d,0,%.9f%n", batch, context, millis));
      }
    }
    for (int fresh : new int[] {200, 1000, 5000}) {
      for (int prompt : new int[] {5000, 9000}) {
        double millis = 30 + 0.09 * fresh + 6e-7 * fresh * prompt + 0.0073 * (prompt - fresh);
        rows.append(String.format(Locale.ROOT, "prefill,0,%d,%d,%.9f%n", prompt, fresh, millis));
      }
    }
    Calibration calibration = fit(rows.toString());

    StepCosts steps = calibration.profile().steps();
    assertThat(steps.baseMillis()).isCloseTo(11, within(1e-4));
    assertThat(steps.decodeMillis()).isCloseTo(0.02, within(1e-6));
    assertThat(steps.decodeContextMillis()).isCloseTo(1.1e-4, within(1e-8));
    assertThat(steps.prefillMillis()).isCloseTo(0.09, within(1e-6));
    assertThat(steps.attentionMillis()).isCloseTo(6e-7, within(1e-10));
    assertThat(calibration.fixedMillis()).isCloseTo(30, within(1e-4));
    assertThat(calibration.points()).hasSize(18).allMatch(p -> Math.abs(p.error()) < 1e-4);
  }

  @Test
  void constantThatWouldBeNegative_isZero() throws IOException {
    Calibration calibration = fit("decode,1,10,0,10\ndecode,10,10,0,9\ndecode,20,90,0,9.5\n");
    assertThat(calibration.profile().steps().decodeMillis()).isZero();
    assertThat(calibration.profile().steps().prefillMillis())
        .isEqualTo(BASE.steps().prefillMillis());
  }

  @Test
  void badPoints_areNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit("decode,1,10,0,10\nprefil,1,1,1,1\n"))
        .withMessageContaining("line 3, kind: \"prefil\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit("decode,1,10,0,x\n"))
        .withMessageContaining("line 2, millis: \"x\" (expected: a number)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit("decode,1,10,0,7\n"))
        .withMessageContaining("expected: 3 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fit("decode,1,10,0,7\ndecode,1,10,0,7\ndecode,1,10,0,7\n"))
        .withMessageContaining("several batch sizes");
  }
}
