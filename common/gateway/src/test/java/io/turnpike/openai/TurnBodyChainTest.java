package io.turnpike.openai;

import static io.turnpike.openai.TurnScannerTest.chat;
import static io.turnpike.openai.TurnScannerTest.completion;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.conversation.PrefixChain;
import io.turnpike.conversation.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnBodyChainTest {

  private static final String FIRST =
      """
      {"model":"m","messages":[{"role":"system","content":"be é"},{"role":"user","content":"hi"}]}
      """;

  private static PrefixChain chain(String json) {
    return chat(json).chain(Tenant.NOBODY);
  }

  @Test
  void chain_ofTurnTwo_containsTurnOne_howeverItIsWritten() {
    PrefixChain first = chain(FIRST);
    PrefixChain second =
        chain(
            """
            {"temperature":1, "messages": [
              {"content":"be \\u00e9","role":"system","cache_control":{}},
              {"role" : "user", "content" : "hi"},
              {"role":"assistant","content":"rewritten by the client"},
              {"role":"user","content":[{"type":"text","text":"more"}]}],
             "model":"m","stream":true,"add_generation_prompt":true}
            """);
    assertThat(first.size()).isEqualTo(2);
    assertThat(second.linksUpTo(first.end().hi(), first.end().lo())).isEqualTo(2);
    assertThat(second.root()).isEqualTo(first.root()).isEqualTo(first.end());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"cache_salt\":\"s\"",
        "\"tools\":[{}]",
        "\"chat_template\":\"x\"",
        "\"chat_template_kwargs\":{\"enable_thinking\":false}",
        "\"documents\":[]",
        "\"model\":\"other\""
      })
  void chain_dependsOnWhatChangesThePrompt(String member) {
    String other = FIRST.strip();
    assertThat(chain(other.substring(0, other.length() - 1) + "," + member + "}").end())
        .isNotEqualTo(chain(FIRST).end());
  }

  @Test
  void chain_dependsOnTheTenant() {
    TurnBody body = chat(FIRST);
    assertThat(body.chain(Tenant.ofKey("a")).end())
        .isNotEqualTo(body.chain(Tenant.ofKey("b")).end());
    assertThat(body.chain(Tenant.ofKey("a"))).isEqualTo(body.chain(Tenant.ofKey("a")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"role\":\"user\",\"content\":\"hi\",\"name\":\"n\"}",
        "{\"role\":\"tool\",\"content\":\"hi\"}",
        "{\"role\":\"user\",\"content\":\"hi\",\"tool_call_id\":\"1\"}",
        "{\"role\":\"user\",\"content\":\"hi\",\"tool_calls\":[{}]}",
        "{\"role\":\"user\",\"content\":null}"
      })
  void chain_dependsOnEveryFieldOfAMessage(String message) {
    assertThat(chain("{\"messages\":[" + message + "]}").end())
        .isNotEqualTo(chain("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}").end());
  }

  @Test
  void chain_ofAPrompt_isTheSameInAList_andEmptyForSeveral() {
    String text = "\"" + "x".repeat(600) + "\"";
    PrefixChain one = completion("{\"prompt\":" + text + "}").chain(Tenant.NOBODY);
    assertThat(one.size()).isEqualTo(2);
    assertThat(completion("{\"prompt\":[" + text + "]}").chain(Tenant.NOBODY).end())
        .isEqualTo(one.end());
    assertThat(completion("{\"prompt\":[" + text + "," + text + "]}").chain(Tenant.NOBODY).size())
        .isZero();
    assertThat(completion("{\"prompt\":[[1,2],[3]]}").chain(Tenant.NOBODY).size()).isZero();
    assertThat(completion("{\"prompt_embeds\":\"AAAA\"}").chain(Tenant.NOBODY).size()).isZero();
  }

  @Test
  void chain_ofTokenIds_isThatOfTheNumbers_alsoInAList() {
    String ids = "[" + "7,".repeat(99) + "7]";
    PrefixChain one = completion("{\"prompt\":" + ids + "}").chain(Tenant.NOBODY);
    assertThat(one.size()).as("a link for every 64 ids").isEqualTo(1);
    assertThat(completion("{\"prompt\":" + ids.replace(",", " , ") + "}").chain(Tenant.NOBODY))
        .extracting(PrefixChain::wholeHash)
        .isEqualTo(one.wholeHash());
    assertThat(completion("{\"prompt\":[" + ids + "]}").chain(Tenant.NOBODY).size()).isEqualTo(1);
    assertThat(completion("{\"prompt\":" + ids.replace('7', '8') + "}").chain(Tenant.NOBODY).end())
        .isNotEqualTo(one.end());
  }

  @Test
  void chain_beginsConversationsBehindTheSystemPrompt_howeverItsRoleIsWritten() {
    String system = "{\"messages\":[{\"role\":\"%s\",\"content\":\"s\"},{\"role\":\"user\"}]}";
    for (String role : new String[] {"system", "developer", "syst\\u0065m"}) {
      PrefixChain chain = chain(system.formatted(role));
      assertThat(chain.root()).as(role).isEqualTo(chain.end());
    }
    PrefixChain odd = chain("{\"messages\":[{\"role\":[\"system\"]},{\"role\":\"user\"}]}");
    assertThat(odd.root()).isNotEqualTo(odd.end());
    PrefixChain spoken = chain(system.formatted("assistant"));
    assertThat(spoken.root()).isNotEqualTo(spoken.end());
  }
}
