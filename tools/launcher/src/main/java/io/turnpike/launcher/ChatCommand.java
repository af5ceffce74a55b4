package io.turnpike.launcher;

import io.turnpike.launcher.chat.ChatClient;
import io.turnpike.launcher.chat.ChatException;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.ServicePlan;
import io.turnpike.launcher.stack.StateFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A chat in the terminal that shows what each turn did. */
@Command(
    name = "chat",
    header = "Talk to the stack; shows route, nodes, TTFT and cached tokens of each turn.",
    mixinStandardHelpOptions = true,
    description = {
      "Streams answers through a proxy. After each turn it shows what the gateway did: the route,"
          + " the nodes, the time to the first token, and how many prompt tokens were cached.",
      "Each line is a turn. /new begins a new conversation, /quit ends."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike chat",
      "  printf 'hello\\nand now?\\n' | ./turnpike chat",
      "  ./turnpike chat --url http://127.0.0.1:10002      through the replication service",
      "Environment: TURNPIKE_API_KEY is sent as a bearer token. Default: the admin key of the"
          + " running stack, if it has one, and if no --url is given."
    })
final class ChatCommand implements Callable<Integer> {

  private static final String DEFAULT_URL = "http://127.0.0.1:10001";

  @Mixin private StateOption stateOption = new StateOption();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The gateway. Default: the first proxy of the running stack; without one, its replication"
              + " service.")
  private @Nullable URI url;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The model. Default: the first one that the gateway lists.")
  private @Nullable String model;

  @Option(names = "--system", paramLabel = "TEXT", description = "A system message.")
  private @Nullable String system;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "The longest answer; 0 leaves it to the engine. Default: 256.")
  private int maxTokens;

  private final Console console;

  ChatCommand(Console console) {
    this.console = console;
  }

  /** Where lines come from; null is the end. */
  @FunctionalInterface
  private interface Lines {
    @Nullable String next() throws IOException;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    URI gateway = url == null ? gateway() : url;
    ChatClient client;
    try {
      client = new ChatClient(gateway, key(), model, maxTokens);
    } catch (ChatException e) {
      console.fault(e.text());
      return 1;
    }
    client.begin(system);
    if (!console.isTerminal()) {
      return converse(client, piped());
    }
    console.line(console.dim(client.model() + " at " + gateway + "; /new, /quit"));
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      return converse(client, typed(terminal));
    }
  }

  private @Nullable String key() {
    String told = System.getenv("TURNPIKE_API_KEY");
    return told != null || url != null ? told : stateOption.folder().readAdminKey();
  }

  private URI gateway() {
    StateFolder state = stateOption.folder();
    String yaml = state.readPlan();
    if (yaml == null) {
      return URI.create(DEFAULT_URL);
    }
    ServicePlan gateway = Plan.parse(state.plan().toString(), yaml).firstGateway();
    return URI.create(gateway == null ? DEFAULT_URL : "http://127.0.0.1:" + gateway.port());
  }

  private static Lines piped() {
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))::readLine;
  }

  private static Lines typed(Terminal terminal) {
    LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
    return () -> {
      try {
        return reader.readLine("> ");
      } catch (EndOfFileException | UserInterruptException e) {
        return null;
      }
    };
  }

  /** A pipe ends at the first turn that fails; a person may go on. */
  private int converse(ChatClient client, Lines lines) throws IOException, InterruptedException {
    String line = lines.next();
    while (line != null && !line.strip().equals("/quit")) {
      if (line.strip().equals("/new")) {
        client.begin(system);
        console.line(console.dim("a new conversation"));
      } else if (!line.isBlank() && !turn(client, line) && !console.isTerminal()) {
        return 1;
      }
      line = lines.next();
    }
    return 0;
  }

  private boolean turn(ChatClient client, String text) throws InterruptedException {
    try {
      String report = client.say(text, console::print).line();
      console.line("");
      console.line(console.dim("[" + report + "]"));
      return true;
    } catch (ChatException e) {
      console.line("");
      console.fault(e.text());
      return false;
    }
  }
}
