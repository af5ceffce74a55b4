package io.turnpike.launcher;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What has to do with callers' keys. */
@Command(
    name = "key",
    header = "Make a key for a caller.",
    mixinStandardHelpOptions = true,
    subcommands = KeyNewCommand.class,
    description =
        "Callers are listed in a YAML file, turnpike.callers.file of proxies and replication"
            + " service (docs/security.md).",
    footer = {"", "For example:", "  ./turnpike key new alice"})
final class KeyCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
