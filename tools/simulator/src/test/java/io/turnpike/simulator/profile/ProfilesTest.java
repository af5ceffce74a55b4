package io.turnpike.simulator.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.turnpike.cost.EngineProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {

  @Test
  void everyBuiltInProfile_isReadAndNamedLikeItsFile() {
    assertThat(Profiles.NAMES)
        .allSatisfy(name -> assertThat(Profiles.find(name).name()).isEqualTo(name));
  }

  @Test
  void writtenProfile_isReadBackEqual(@TempDir Path folder) throws IOException {
    EngineProfile profile = Profiles.builtIn(Profiles.DEFAULT);
    Path file = Files.writeString(folder.resolve("own.yaml"), Profiles.write(profile));

    assertThat(Profiles.find(file.toString())).isEqualTo(profile);
  }

  @Test
  void wrongProfile_isRefusedWithWhatWasExpected(@TempDir Path folder) throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiles.find("h900"))
        .withMessageContaining("expected: one of");
    String wrong =
        Profiles.write(Profiles.builtIn(Profiles.DEFAULT)).replace("tokenBudget", "tokens");
    Path file = Files.writeString(folder.resolve("own.yaml"), wrong);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiles.find(file.toString()))
        .withMessageContaining("tokenBudget");
  }
}
