package io.turnpike.launcher;

import java.lang.reflect.Constructor;
import picocli.CommandLine.IFactory;

/** Makes commands; those with a constructor that takes a console get ours. */
final class Commands implements IFactory {

  private final Console console;

  Commands(Console console) {
    this.console = console;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      Class<?>[] parameters = constructor.getParameterTypes();
      if (parameters.length == 1 && parameters[0] == Console.class) {
        return type.cast(constructor.newInstance(console));
      }
    }
    return picocli.CommandLine.defaultFactory().create(type);
  }
}
