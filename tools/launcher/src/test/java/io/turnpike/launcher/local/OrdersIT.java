package io.turnpike.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.launcher.stack.StackException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders as files, from one thread to another. */
class OrdersIT {

  @TempDir Path folder;
  private final ExecutorService watchers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> said = new ArrayList<>();
  private Orders orders = new Orders(Path.of(""));

  @BeforeEach
  void make() {
    orders = new Orders(folder.resolve("orders"));
  }

  @AfterEach
  void stop() {
    watchers.shutdownNow();
  }

  private void serve(Orders.Doer doer) {
    watchers.execute(
        () -> {
          try {
            orders.serve(doer);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The test is over.
          }
        });
  }

  @Test
  void anOrder_isDone_andWhatIsSaidMeanwhileIsHeard() throws Exception {
    serve(
        (words, out) -> {
          out.accept("begun: " + words);
          out.accept("done");
        });

    orders.give(List.of("scale", "decode", "4"), () -> true, said::add);
    orders.give(List.of("restart", "decode-1"), () -> true, said::add);

    assertThat(said)
        .containsExactly("begun: [scale, decode, 4]", "done", "begun: [restart, decode-1]", "done");
    assertThat(folder.resolve("orders")).isEmptyDirectory();
  }

  @Test
  void whatGoesWrong_isToldWithItsLog() {
    serve(
        (words, out) -> {
          throw new StackException("decode-3 ended with exit code 3", List.of("no GPU"));
        });

    assertThatThrownBy(() -> orders.give(List.of("scale"), () -> true, said::add))
        .isInstanceOfSatisfying(
            StackException.class, fault -> assertThat(fault.log()).containsExactly("no GPU"))
        .hasMessage("decode-3 ended with exit code 3");
  }

  @Test
  void aMistakeOfOurs_isTold_andTheNextOrderIsServed() throws Exception {
    serve(
        (words, out) -> {
          if (words.getFirst().equals("scale")) {
            throw new IllegalStateException("no 1 free ports");
          }
        });

    assertThatThrownBy(() -> orders.give(List.of("scale"), () -> true, said::add))
        .hasMessageContaining("no 1 free ports");
    orders.give(List.of("restart"), () -> true, said::add);
  }

  @Test
  void anOrderThatNobodyTakes_isNotWaitedForForEver() {
    assertThatThrownBy(() -> orders.give(List.of("scale"), () -> false, said::add))
        .hasMessageContaining("nobody watches over the job any more");
    assertThat(folder.resolve("orders")).isEmptyDirectory();
  }
}
