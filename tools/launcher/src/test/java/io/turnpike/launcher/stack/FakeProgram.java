package io.turnpike.launcher.stack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * Stands in for every service and the simulator: a process that takes their arguments, listens on
 * their ports and answers what {@link Stack} asks. It ends with code 7 when told {@code
 * --fake.die=true}, and says why; told {@code --fake.fill=FILE} it runs out of memory, once.
 */
public final class FakeProgram {

  private static final List<String> MODULES =
      List.of("registry-service", "proxy-service", "replication-service", "tools/simulator");

  private FakeProgram() {}

  /** A project folder in which every runnable module is this program. */
  static Installation install(Path root) throws IOException {
    for (String module : MODULES) {
      Path target = Files.createDirectories(root.resolve(module).resolve("target"));
      writeJar(target.resolve(Path.of(module).getFileName() + ".jar"));
    }
    Installation project = Installation.at(root);
    return new Installation(project.root(), project.java(), Installation.Archives.OFF);
  }

  private static void writeJar(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeProgram.class.getName());
    String path = FakeProgram.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream code = FakeProgram.class.getResourceAsStream("/" + path)) {
      out.putNextEntry(new ZipEntry(path));
      out.write(code.readAllBytes());
    }
  }

  public static void main(String[] arguments) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.startsWith("--server.port=")
          || argument.startsWith("--management.server.port=")) {
        ports.add(Integer.parseInt(argument.substring(argument.indexOf('=') + 1)));
      } else if (argument.equals("--port")) {
        ports.add(Integer.parseInt(arguments[i + 1]));
      } else if (argument.equals("--fake.die=true")) {
        System.out.println("no good reason to live");
        System.exit(7);
      } else if (argument.startsWith("--fake.fill=")) {
        fillOnce(Path.of(argument.substring("--fake.fill=".length())));
      }
    }
    System.out.println("redis is " + System.getenv("TURNPIKE_REDIS_URL"));
    for (int port : ports) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.createContext("/", FakeProgram::answer);
      server.start();
    }
  }

  /** The file says that it was done before. */
  private static void fillOnce(Path done) throws IOException {
    if (!Files.exists(done)) {
      Files.createFile(done);
      System.out.println(new long[Integer.MAX_VALUE - 8].length);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body =
        switch (path) {
          case "/v1/models" -> "{\"data\":[{\"id\":\"fake\"}]}";
          case "/v1/chat/completions" -> "{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}";
          case "/v1/nodes" -> "{\"nodes\":[{\"id\":\"decode-1\",\"state\":\"ready\"}]}";
          case "/mode" -> "{\"mode\":\"ppd\",\"conversations\":3}";
          default ->
              path.startsWith("/v1/nodes/") ? "{\"state\":\"ready\"}" : "{\"status\":\"UP\"}";
        };
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
