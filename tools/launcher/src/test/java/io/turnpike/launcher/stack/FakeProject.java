package io.turnpike.launcher.stack;

import java.io.IOException;
import java.nio.file.Path;

/** {@link FakeProgram} for the tests of other packages; it itself may name no class of ours. */
public final class FakeProject {

  private FakeProject() {}

  /** A project folder in which every runnable module is that program. */
  public static Installation at(Path root) throws IOException {
    return FakeProgram.install(root);
  }
}
