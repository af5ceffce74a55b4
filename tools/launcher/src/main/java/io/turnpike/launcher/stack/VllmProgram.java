package io.turnpike.launcher.stack;

import io.turnpike.launcher.process.Programs;
import java.nio.file.Path;

/** The {@code vllm} script of this machine. */
final class VllmProgram {

  private VllmProgram() {}

  /** Where it is; a name that is nowhere stays as it is, so that a plan can be shown. */
  static String of(String vllm) {
    Path program = Programs.find(vllm);
    return program == null ? vllm : program.toString();
  }

  /** Refuses a program that is not there, and says where it was looked for. */
  static void require(String vllm) {
    if (Programs.find(vllm) == null) {
      throw new StackException(
          vllm.contains("/")
              ? "vllm: %s is no program (expected: the vllm script of a Python environment)"
                  .formatted(vllm)
              : ("'%s' is not on PATH (%s). Install vLLM, activate its environment, or say where"
                      + " it is: --vllm FILE")
                  .formatted(vllm, Programs.searchPath()));
    }
  }
}
