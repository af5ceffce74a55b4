package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.error.GatewayException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Random bodies with repeated, escaped, nested and oddly spaced members, spliced and read back. */
class TurnBodyPropertiesTest {

  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final byte[] PARAMS = "{\"remote_block_ids\": [[7]]}".getBytes(UTF_8);
  private static final String MESSAGES =
      "[ {\"role\":\"user\",\"content\":\"a\\u00e9\\\"\",\"stream\":true,\"n\":7} ]";

  private static final Set<String> KV =
      Set.of("kv_transfer_params", "bootstrap_host", "bootstrap_room");
  private static final Set<String> PREFILL =
      Set.of(
          "stream",
          "stream_options",
          "min_tokens",
          "min_completion_tokens",
          "max_tokens",
          "max_completion_tokens",
          "n",
          "best_of",
          "ignore_eos");

  /** A member as written: its name in plain, its name as it stands there, its value, its blanks. */
  record Member(String name, String written, String value, String blank) {
    String text() {
      return blank + '"' + written + '"' + blank + ':' + blank + value + blank;
    }
  }

  @Provide
  Arbitrary<List<Member>> members() {
    Arbitrary<Member> fixed =
        Arbitraries.of(
                new String[] {"kv_transfer_params", "{\"do_remote_prefill\":true,\"x\":[{}]}"},
                new String[] {"kv_transfer_params", "null"},
                new String[] {"bootstrap_host", "\"10.0.0.1\""},
                new String[] {"bootstrap_room", "12"},
                new String[] {"stream", "true"},
                new String[] {"stream_options", "{\"include_usage\":true}"},
                new String[] {"min_tokens", "4"},
                new String[] {"min_completion_tokens", "null"},
                new String[] {"max_tokens", "128"},
                new String[] {"max_completion_tokens", "64"},
                new String[] {"n", "1"},
                new String[] {"best_of", "1"},
                new String[] {"ignore_eos", "false"},
                new String[] {"stop", "[\",\", \"}\", \"{\\\"n\\\":2,\"]"},
                new String[] {"temperature", "0.10000000000000000001"},
                new String[] {"extra", "{\"kv_transfer_params\":{\"n\":1},\"bootstrap_host\":2}"},
                new String[] {"kv_transfer_params_2", "{}"},
                new String[] {"bootstrap", "{}"},
                new String[] {"", "\"\""},
                new String[] {"seed", "-1.5E+3"})
            .map(pair -> new Member(pair[0], pair[0], pair[1], ""));
    Arbitrary<String> blanks = Arbitraries.of("", "", " ", "\n", "\t \r\n");
    return Combinators.combine(fixed, blanks, Arbitraries.of(true, false, false))
        .as(
            (member, blank, escaped) ->
                new Member(
                    member.name(),
                    escaped ? escape(member.name()) : member.name(),
                    member.value(),
                    blank))
        .list()
        .ofMaxSize(8);
  }

  private static String escape(String name) {
    return name.replace("_", "\\u005f").replace("n", "\\u006E");
  }

  private static List<Member> withMessages(List<Member> members, int at) {
    List<Member> all = new ArrayList<>(members);
    all.add(
        Math.floorMod(at, members.size() + 1), new Member("messages", "messages", MESSAGES, ""));
    return all;
  }

  private static String json(List<Member> members) {
    return members.stream().map(Member::text).collect(Collectors.joining(",", " {", "}\n"));
  }

  private static TurnBody scan(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return TurnScanner.scan(TurnApi.CHAT, bytes, 0, bytes.length);
  }

  private static String text(ByteBuf buffer) {
    String text = buffer.toString(UTF_8);
    buffer.release();
    return text;
  }

  private static ObjectNode tree(String json) {
    return (ObjectNode) MAPPER.readTree(json);
  }

  @Property(tries = 1_500)
  void decodeLeg_isTheBodyWithoutConnectorNames(
      @ForAll("members") List<Member> members, @ForAll int at, @ForAll boolean withParams) {
    List<Member> all = withMessages(members, at);
    String sent = json(all);
    String spliced =
        text(scan(sent).decodeLeg(UnpooledByteBufAllocator.DEFAULT, withParams ? PARAMS : null));

    ObjectNode expected = tree(sent);
    KV.forEach(expected::remove);
    if (withParams) {
      expected.set("kv_transfer_params", MAPPER.readTree(PARAMS));
    }
    assertThat((JsonNode) tree(spliced)).isEqualTo(expected);
    assertKeptBytes(all, KV, spliced);
  }

  @Property(tries = 1_500)
  void prefillLeg_isTheBodyForOneToken(
      @ForAll("members") List<Member> members, @ForAll int at, @ForAll boolean withParams) {
    List<Member> all = withMessages(members, at);
    String sent = json(all);
    String spliced =
        text(scan(sent).prefillLeg(UnpooledByteBufAllocator.DEFAULT, withParams ? PARAMS : null));

    ObjectNode expected = tree(sent);
    boolean stream = expected.has("stream");
    boolean n = expected.has("n");
    boolean completionTokens = expected.has("max_completion_tokens");
    KV.forEach(expected::remove);
    PREFILL.forEach(expected::remove);
    expected.put("max_tokens", 1).put("ignore_eos", true);
    if (stream) {
      expected.put("stream", false);
    }
    if (n) {
      expected.put("n", 1);
    }
    if (completionTokens) {
      expected.put("max_completion_tokens", 1);
    }
    if (withParams) {
      expected.set("kv_transfer_params", MAPPER.readTree(PARAMS));
    }
    assertThat((JsonNode) tree(spliced)).isEqualTo(expected);
    Set<String> cut = new java.util.HashSet<>(KV);
    cut.addAll(PREFILL);
    assertKeptBytes(all, cut, spliced);
  }

  /** Every kept member stands in the result as it was written, in the same order. */
  private static void assertKeptBytes(List<Member> members, Set<String> cut, String spliced) {
    int from = 0;
    for (Member member : members) {
      if (!cut.contains(member.name())) {
        String kept = member.text().strip();
        int found = spliced.indexOf(kept, from);
        assertThat(found).as(kept).isNotNegative();
        from = found + kept.length();
      }
    }
  }

  @Property(tries = 300)
  void scan_ofAnyBytes_answersOrRefuses(@ForAll byte[] garbage) {
    byte[] body = new byte[garbage.length + 1];
    body[0] = '{';
    System.arraycopy(garbage, 0, body, 1, garbage.length);
    try {
      TurnScanner.scan(TurnApi.CHAT, body, 0, body.length);
    } catch (GatewayException e) {
      assertThat(e.error().status()).isEqualTo(400);
    }
  }

  @Property(tries = 500)
  void scan_ofACutBody_refuses(@ForAll("members") List<Member> members, @ForAll int cut) {
    byte[] body = json(withMessages(members, 0)).strip().getBytes(UTF_8);
    int length = Math.floorMod(cut, body.length);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> TurnScanner.scan(TurnApi.CHAT, body, 0, length))
        .isInstanceOfSatisfying(
            GatewayException.class, e -> assertThat(e.error().status()).isEqualTo(400));
  }
}
