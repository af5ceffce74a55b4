package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.quoted;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What one gateway keeps in Redis is found by the others, also by those of another version while a
 * fleet is brought up to date: hashes and names stay what they are. A change here forgets every
 * conversation, and has to be meant.
 */
class StoredFormTest {

  private static final RedisEntries ENTRIES = new RedisEntries("proxy", false);

  private static String hex(long hi, long lo) {
    return HexFormat.of().toHexDigits(hi) + HexFormat.of().toHexDigits(lo);
  }

  @Test
  void entries_areNamedByServiceKindAndHash() {
    byte[] link = ENTRIES.link(0, 0x0123456789abcdefL, 0xfedcba9876543210L);
    assertThat(new String(link, US_ASCII))
        .isEqualTo("turnpike:c:proxy:p0123456789abcdeffedcba9876543210");
    byte[] explicit = ENTRIES.explicit(new ConversationKey(-1, 10));
    assertThat(new String(explicit, US_ASCII))
        .isEqualTo("turnpike:c:proxy:kffffffffffffffff000000000000000a");
    assertThat(ENTRIES.pattern()).isEqualTo("turnpike:c:proxy:*");
  }

  @Test
  void links_ofOneChain_lieTogetherInACluster() {
    RedisEntries cluster = new RedisEntries("proxy", true);
    byte[] link = cluster.link(10, 0x0123456789abcdefL, 0xfedcba9876543210L);
    assertThat(new String(link, US_ASCII))
        .isEqualTo("turnpike:c:proxy:p{000000000000000a}0123456789abcdeffedcba9876543210");
    assertThat(SlotHash.getSlot(link)).isEqualTo(SlotHash.getSlot("000000000000000a"));
    assertThat(new String(cluster.explicit(new ConversationKey(-1, 10)), US_ASCII))
        .isEqualTo("turnpike:c:proxy:kffffffffffffffff000000000000000a");
  }

  @Test
  void key_isHashedAsEver() {
    ConversationKey key = ConversationKey.of(Tenant.ofKey("t"), "m", "header:x-session-id", "s");
    ConversationKey withoutModel = ConversationKey.of(Tenant.NOBODY, null, "body:session_id", "s");
    assertThat(hex(key.hi(), key.lo())).isEqualTo("90e3d9700f2e2d3aa5d87effbf7cc65a");
    assertThat(hex(withoutModel.hi(), withoutModel.lo()))
        .isEqualTo("62b8915067962c3d5f2a2d3a51db1b70");
  }

  @Test
  void chat_isHashedAsEver() {
    byte[] tools = "[{\"name\":\"f\"}]".getBytes(UTF_8);
    PrefixChainBuilder builder =
        new PrefixChainBuilder()
            .seed("m")
            .seed(null)
            .tenant(Tenant.ofKey("t"))
            .seedJson(tools, 0)
            .seedJson(tools, -1);
    for (int field = 0; field < 5; field++) {
      builder.messageField(field, quoted("é" + field), 0);
    }
    builder.endMessage(false);
    PrefixChain chain = builder.build();
    assertThat(chain.end().toHex()).isEqualTo("6d127986f1da1de18e033c8b725be362");
  }

  @Test
  void text_isHashedAsEver() {
    PrefixChain chain = Chains.text("é".repeat(200));
    assertThat(chain.end().toHex()).isEqualTo("bcb55c2313162cfd4f335725dc98cc43");
    assertThat(hex(0, chain.wholeHash())).isEqualTo("0000000000000000f55e06bd8f6b4b9b");
  }

  @Test
  void tokenIds_areHashedAsEver() {
    PrefixChain chain = Chains.tokens(List.of(1, 256, 65_536, 16_777_216, 2_147_483_647), ",");
    assertThat(hex(0, chain.wholeHash())).isEqualTo("000000000000000014ddaef5a6cd8591");
  }
}
