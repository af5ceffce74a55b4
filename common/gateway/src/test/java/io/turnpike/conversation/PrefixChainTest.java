package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.quoted;
import static io.turnpike.conversation.Chains.text;
import static io.turnpike.conversation.Chains.tokens;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixChainTest {

  private static String canonical(String json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CanonicalJson walker =
        new CanonicalJson((bytes, from, to) -> out.write(bytes, from, to - from));
    byte[] body = ("{\"x\": " + json + " }").getBytes(UTF_8);
    int end = walker.value(body, 6);
    walker.flush();
    assertThat(new String(body, end, body.length - end, UTF_8)).isEqualTo(" }");
    return out.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static String letters(int length) {
    return Chains.letters(length, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0000',
      value = {
        "\"é\" | \"\\u00e9\"",
        "\"é\" | \"\\u00E9\"",
        "\"😀\" | \"\\ud83d\\ude00\"",
        "\"a/b\\nc\" | \"a\\/b\\u000ac\"",
        "\"€\" | \"\\u20ac\"",
        "[{\"a\":1,\"b\":[true,null]}] | [ { \"a\" : 1 , \"b\" : [ true , null ] } ]"
      })
  void canonical_doesNotDependOnHowAValueIsWritten(String one, String other) {
    assertThat(canonical(one)).isEqualTo(canonical(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0000',
      value = {
        "\"\" | null",
        "\"1\" | 1",
        "\"null\" | null",
        "[\"a\",\"b\"] | [\"a\\\",\\\"b\"]",
        "[1,2] | [12]",
        "\"a b\" | \"ab\"",
        "{\"a\":{}} | {\"a\":[]}"
      })
  void canonical_keepsApartWhatDiffers(String one, String other) {
    assertThat(canonical(one)).isNotEqualTo(canonical(other));
  }

  @Property(tries = 500)
  void canonical_ofAString_isItsUtf8(@ForAll String any) {
    String text = new String(any.getBytes(UTF_8), UTF_8);
    byte[] escaped =
        text.chars()
            .mapToObj("\\u%04x"::formatted)
            .collect(Collectors.joining("", "\"", "\""))
            .getBytes(UTF_8);
    String expected =
        new String(text.getBytes(UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(canonical(new String(escaped, UTF_8))).isEqualTo(expected + "\u00FF");
    assertThat(canonical(new String(quoted(text), UTF_8))).isEqualTo(expected + "\u00FF");
  }

  @Property(tries = 300)
  void chain_ofALaterTurn_containsTheEarlierEnd(
      @ForAll @Size(min = 1, max = 6) List<String> turn,
      @ForAll @Size(min = 1, max = 4) List<String> more) {
    PrefixChain earlier = chat(turn);
    PrefixChain later = chat(java.util.stream.Stream.concat(turn.stream(), more.stream()).toList());
    assertThat(later.linksUpTo(earlier.end().hi(), earlier.end().lo())).isEqualTo(turn.size());
    assertThat(earlier.linksUpTo(later.end().hi(), later.end().lo())).isEqualTo(-1);
    assertThat(later.root()).isEqualTo(earlier.root());
  }

  private static PrefixChain chat(List<String> messages) {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("m");
    for (String message : messages) {
      builder.messageField(0, quoted("user"), 0);
      builder.messageField(1, quoted(message), 0);
      builder.endMessage(false);
    }
    return builder.build();
  }

  @Test
  void message_fieldsDoNotRunIntoEachOther() {
    assertThat(fields("ab", "c").end()).isNotEqualTo(fields("a", "bc").end());
    assertThat(fields("ab", null).end()).isNotEqualTo(fields(null, "ab").end());
  }

  private static PrefixChain fields(
      @org.jspecify.annotations.Nullable String role,
      @org.jspecify.annotations.Nullable String content) {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("m");
    builder.messageField(0, quoted(role == null ? "" : role), role == null ? -1 : 0);
    builder.messageField(1, quoted(content == null ? "" : content), content == null ? -1 : 0);
    builder.endMessage(false);
    return builder.build();
  }

  @Test
  void root_skipsWhatConversationsShare() {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("m");
    byte[] text = quoted("x");
    for (boolean shared : new boolean[] {true, false, false}) {
      builder.messageField(1, text, 0);
      builder.endMessage(shared);
    }
    PrefixChain chain = builder.build();
    assertThat(chain.root()).isEqualTo(new ChainLink(chain.hi(1), chain.lo(1)));
  }

  @Test
  void root_isTheEndWhenAllIsShared_andTheWholeWithoutLinks() {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("m");
    builder.messageField(1, quoted("x"), 0);
    builder.endMessage(true);
    PrefixChain shared = builder.build();
    assertThat(shared.root()).isEqualTo(shared.end());
    assertThat(text("a").size()).isZero();
    assertThat(text("a").rootHash()).isNotEqualTo(text("b").rootHash());
    assertThat(text("a").end()).isEqualTo(text("b").end());
  }

  @ParameterizedTest
  @CsvSource({"255,0", "256,1", "16384,64", "17407,64", "17408,65", "131072,176", "139264,177"})
  void text_hasALinkAtEveryBoundary(int bytes, int links) {
    assertThat(text(letters(bytes)).size()).isEqualTo(links);
  }

  @Property(tries = 100)
  void text_ofALaterTurn_containsTheEarlierEnd(
      @ForAll @IntRange(min = 256, max = 40_000) int length,
      @ForAll @IntRange(min = 1, max = 20_000) int more) {
    String prompt = letters(length + more);
    PrefixChain earlier = text(prompt.substring(0, length));
    PrefixChain later = text(prompt);
    assertThat(later.linksUpTo(earlier.end().hi(), earlier.end().lo())).isEqualTo(earlier.size());
    assertThat(later.wholeHash()).isNotEqualTo(earlier.wholeHash());
  }

  @Property(tries = 100)
  void tokenIds_doNotDependOnBlanks(@ForAll @Size(max = 300) List<@IntRange(min = 0) Integer> ids) {
    assertThat(tokens(ids, ",").wholeHash()).isEqualTo(tokens(ids, " ,\n ").wholeHash());
    assertThat(tokens(ids, ",").size()).isEqualTo(ids.size() / 64);
  }

  @Test
  void tokenIds_differByOrderAndNumber() {
    List<Integer> ids = IntStream.range(0, 64).boxed().toList();
    assertThat(tokens(ids, ",").end()).isNotEqualTo(tokens(ids.reversed(), ",").end());
    assertThat(tokens(List.of(1, 2), ",").wholeHash())
        .isNotEqualTo(tokens(List.of(12), ",").wholeHash());
  }

  @Test
  void seed_setsChainsApart() {
    byte[] tools = "[{}]".getBytes(UTF_8);
    List<ChainLink> ends =
        List.of(
            new PrefixChainBuilder().seed("m").seed("t").build().end(),
            new PrefixChainBuilder().seed("mt").seed("").build().end(),
            new PrefixChainBuilder().seed("m").tenant(Tenant.ofKey("t")).build().end(),
            new PrefixChainBuilder().seed("m").tenant(Tenant.NOBODY).build().end(),
            new PrefixChainBuilder().seed("m").seed(null).build().end(),
            new PrefixChainBuilder().seed("m").seed("t").seedJson(tools, 0).build().end(),
            new PrefixChainBuilder().seed("m").seed("t").seedJson(tools, -1).build().end());
    assertThat(ends).doesNotHaveDuplicates();
  }

  @Test
  void seed_dependsOnTheValueOfWhatIsInIt() {
    byte[] one = "[{}]".getBytes(UTF_8);
    byte[] other = "[{\"a\":1}]".getBytes(UTF_8);
    assertThat(new PrefixChainBuilder().seedJson(one, 0).build().end())
        .isNotEqualTo(new PrefixChainBuilder().seedJson(other, 0).build().end());
  }
}
