package io.turnpike.launcher.engine;

import java.util.ArrayList;
import java.util.List;

/** What a simulated engine is told after its program's name. */
public final class SimulatorCommand {

  private SimulatorCommand() {}

  /**
   * Its arguments.
   *
   * @param speed its clock: 1 real time, 0 answers at once
   */
  public static List<String> arguments(Engine engine, EnginePlace place, double speed) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--host", place.bind()));
    arguments.addAll(List.of("--port", place.port()));
    arguments.addAll(List.of("--role", engine.role().word()));
    arguments.addAll(List.of("--model", engine.model()));
    arguments.addAll(List.of("--speed", Double.toString(speed)));
    arguments.addAll(KvTransfer.simulatorFlags(engine, place));
    arguments.addAll(engine.flags());
    return arguments;
  }
}
