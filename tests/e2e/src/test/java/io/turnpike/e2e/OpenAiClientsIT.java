package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.MODEL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official clients, unmodified, notice nothing but speed. */
class OpenAiClientsIT {

  private URI proxy;
  private OpenAIClient client;

  @BeforeEach
  void start() {
    proxy = SuiteStack.shared().proxies().getFirst();
    client = OpenAIOkHttpClient.builder().baseUrl(proxy + "/v1").apiKey("sk-none").build();
  }

  @Test
  void java_chatsOverThreeTurns() {
    ChatCompletionCreateParams.Builder talk =
        ChatCompletionCreateParams.builder()
            .model(MODEL)
            .maxCompletionTokens(12)
            .addUserMessage(TurnsIT.story("library"));
    for (int turn = 1; turn <= 3; turn++) {
      ChatCompletion answer = client.chat().completions().create(talk.build());
      assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
      talk.addMessage(answer.choices().getFirst().message()).addUserMessage("Go on.");
    }
  }

  @Test
  void java_streamsWithUsage() {
    ChatCompletionCreateParams talk =
        ChatCompletionCreateParams.builder()
            .model(MODEL)
            .maxCompletionTokens(12)
            .addUserMessage(TurnsIT.story("fountain"))
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    StringBuilder text = new StringBuilder();
    List<Long> usage = new ArrayList<>();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(talk)) {
      chunks.stream()
          .forEach(
              chunk -> {
                chunk.choices().forEach(c -> c.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent(used -> usage.add(used.completionTokens()));
              });
    }
    assertThat(text).isNotEmpty();
    assertThat(usage).hasSize(1).allMatch(tokens -> tokens > 0);
  }

  @Test
  void java_completesText_andReadsErrors() {
    assertThat(
            client
                .completions()
                .create(
                    CompletionCreateParams.builder()
                        .model(MODEL)
                        .prompt("A turnpike is")
                        .maxTokens(5)
                        .build())
                .choices()
                .getFirst()
                .text())
        .isNotBlank();
    ChatCompletionCreateParams nothing =
        ChatCompletionCreateParams.builder().model(MODEL).messages(List.of()).build();
    assertThatThrownBy(() -> client.chat().completions().create(nothing))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("messages");
  }

  /** {@code openai} from PyPI, in a virtual environment that is kept under target. */
  @Test
  void python_chatsStreamedAndNot() throws Exception {
    Path venv = SuiteStack.root().resolve("tests/e2e/target/openai-venv");
    Path python = venv.resolve("bin/python");
    if (!Files.exists(venv.resolve("ready"))) {
      boolean made =
          run(120, "python3", "-m", "venv", venv.toString())
              && run(240, python.toString(), "-m", "pip", "install", "-q", "openai");
      assumeTrue(made, "skipped: no Python with pip and a package index to install openai from");
      Files.createFile(venv.resolve("ready"));
    }
    Path script = SuiteStack.root().resolve("tests/e2e/src/test/resources/openai_client.py");
    Path out = Files.createTempFile("openai", ".out");
    Process process =
        new ProcessBuilder(python.toString(), script.toString(), proxy + "/v1", MODEL)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(out, UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("routes: disaggregated decode-direct decode-direct");
  }

  private static boolean run(int seconds, String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (java.io.IOException absent) {
      return false;
    }
  }
}
