package io.turnpike.simulator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {

  private static List<Session> read(String trace) throws IOException {
    return TraceReader.read(new BufferedReader(new StringReader(trace)));
  }

  private static String mooncake(int at, int input, long... ids) {
    return "{\"timestamp\":%d,\"input_length\":%d,\"output_length\":5,\"hash_ids\":%s}%n"
        .formatted(at, input, LongStream.of(ids).boxed().toList());
  }

  @Test
  void mooncakeRequest_thatBeginsWithAnothersWholeBlocks_isItsNextTurn() throws IOException {
    List<Session> sessions =
        read(
            mooncake(0, 1100, 0, 1, 2)
                + mooncake(7, 1100, 0, 8, 9)
                + mooncake(3000, 1600, 0, 1, 3, 4));

    assertThat(sessions).extracting(s -> s.turns().size()).containsExactly(2, 1);
    Turn next = sessions.getFirst().turns().getLast();
    assertThat(next.atNanos()).isEqualTo(3_000_000_000L);
    long[] first = sessions.getFirst().turns().getFirst().content().chain(1100);
    assertThat(next.content().chain(1600)).startsWith(LongStream.of(first).limit(64).toArray());
    assertThat(next.content().chain(1600)[64]).isNotEqualTo(first[64]);
  }

  @Test
  void oneSharedBlock_isNoConversation() throws IOException {
    assertThat(read(mooncake(0, 600, 0, 1) + mooncake(1, 600, 0, 2))).hasSize(2);
  }

  @Test
  void ownFormat_namesSessionsAndPauses() throws IOException {
    List<Session> sessions =
        read(
            """
            {"session_id":"b","turn":1,"timestamp":50,"input_length":10,"output_length":2}
            {"session_id":"a","turn":1,"timestamp":20.5,"input_length":10,"output_length":2}

            {"session_id":"a","turn":2,"delay":1000,"input_length":40,"output_length":2}
            """);

    assertThat(sessions).extracting(Session::name).containsExactly("a", "b");
    assertThat(sessions.getFirst().startNanos()).isEqualTo(20_500_000);
    assertThat(sessions.getFirst().turns().getLast().delayNanos()).isEqualTo(1_000_000_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"timestamp\":1 | one object a line",
        "[] | one a line",
        "{\"input_length\":1,\"output_length\":1} | timestamp or delay",
        "{\"timestamp\":-1,\"input_length\":1,\"output_length\":1} | 0 or more",
        "{\"timestamp\":1,\"input_length\":0,\"output_length\":1} | a whole number",
        "{\"timestamp\":1,\"input_length\":1} | output_length: missing",
        "{\"timestamp\":1,\"input_length\":600,\"output_length\":1,\"hash_ids\":[1]} | expected: 2",
        "{\"timestamp\":1,\"input_length\":6,\"output_length\":1,\"hash_ids\":[\"x\"]} | whole"
            + " numbers",
        "{\"delay\":1,\"input_length\":6,\"output_length\":1} | first turn",
        "{\"session_id\":\"s\",\"turn\":3,\"timestamp\":1,\"input_length\":6,\"output_length\":1} |"
            + " expected: 1",
      })
  void badLine_isNamedWithItsNumberAndWhatWasExpected(String line, String expected) {
    assertThatExceptionOfType(TraceException.class)
        .isThrownBy(() -> read(mooncake(0, 10, 1) + line + "\n"))
        .withMessageStartingWith("line 2: ")
        .withMessageContaining(expected.strip());
  }
}
