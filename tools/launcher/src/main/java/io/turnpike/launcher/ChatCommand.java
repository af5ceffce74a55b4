package io.turnpike.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "chat")
final class ChatCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
