package io.turnpike.launcher.ray;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.stack.StackException;
import org.junit.jupiter.api.Test;

class RayStoryTest {

  private static final String BEGIN =
      """
      Running entrypoint for job j-1: exec python turnpike_driver.py
      2026-01-01 00:00:00,000 INFO worker.py:1234 -- Connected to Ray cluster.
      {"turnpike": "waiting", "time": 1.0, "for": "decode: 2 x {\\"GPU\\": 1}, SPREAD", "free": {"now": {"GPU": 1.0}}}
      {"turnpike": "placed", "time": 2.0, "workers": 2}
      {"turnpike": "started", "time": 3.0, "name": "prefill-1", "address": "10.0.0.1:8001", "node": "a", "actor": "aa"}
      {"turnpike": "started", "time": 3.0, "name": "decode-1", "address": "10.0.0.2:8002", "node": "b", "actor": "bb"}
      {"turnpike": "line", "time": 4.0, "name": "decode-1", "line": "Loading weights"}
      {"turnpike": "ready", "time": 5.0, "name": "prefill-1", "address": "10.0.0.1:8001"}
      {"turnpike": "ready", "time": 6.0, "name": "decode-1", "address": "10.0.0.2:8002"}
      {"turnpike": "up", "time": 6.1, "url": "http://10.0.0.1:8021"}
      """;

  @Test
  void whatTheDriverSays_isSaidToPeople_andNothingOfRaysOwn() {
    RayStory story = new RayStory();

    assertThat(BEGIN.lines().map(story::hear).filter(line -> line != null))
        .containsExactly(
            "waits for a place for decode: 2 x {\"GPU\": 1}, SPREAD; free: {\"now\":{\"GPU\":1.0}}",
            "2 workers have their places",
            "prefill-1    started, 10.0.0.1:8001",
            "decode-1     started, 10.0.0.2:8002",
            "decode-1     Loading weights",
            "prefill-1    ready, http://10.0.0.1:8001",
            "decode-1     ready, http://10.0.0.2:8002");
    assertThat(story.isUp()).isTrue();
    assertThat(story.url()).isEqualTo("http://10.0.0.1:8021");
    assertThat(story.actor("decode-1")).isEqualTo("bb");
    assertThat(story.actor("decode-2")).isNull();
    assertThat(story.end()).isNull();
  }

  @Test
  void processes_areAsTheyWereToldOfLast() {
    RayStory story =
        RayStory.of(
            BEGIN
                + """
                {"turnpike": "ended", "time": 7.0, "name": "decode-1", "end": "decode-1 ended with exit code 137", "log": [], "again": 1}
                {"turnpike": "left", "time": 8.0, "name": "prefill-1"}
                {"turnpike": "broken
                """);

    assertThat(story.processes(true))
        .containsExactly(new JobStatus.Member("decode-1", "10.0.0.2:8002", false, "ended"));
    assertThat(RayStory.of(BEGIN).processes(true)).allMatch(JobStatus.Member::alive).hasSize(2);
    assertThat(RayStory.of(BEGIN).processes(false)).noneMatch(JobStatus.Member::alive);
  }

  @Test
  void aJobThatWasLost_hasItsReason_andTheLogLinesThatExplainIt() {
    RayStory story =
        RayStory.of(
            "{\"turnpike\": \"lost\", \"time\": 1.0, \"why\": \"decode-1 ended with exit code 2\","
                + " \"log\": [\"no GPU\"]}\n");

    StackException end = story.end();
    assertThat(end).isNotNull().hasMessage("decode-1 ended with exit code 2");
    assertThat(end.log()).containsExactly("no GPU");
  }
}
