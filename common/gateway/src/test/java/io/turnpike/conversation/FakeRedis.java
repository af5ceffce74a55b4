package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * As much of Redis as a store of placements asks for, in memory. It reads commands as they go over
 * the wire, answers on another thread, and walks over its entries in steps as Redis does: a step
 * looks at some of them and gives out those that match.
 */
final class FakeRedis implements RedisConversationStore.Ways {

  /** A value and how long it is kept. */
  record Entry(String value, long timeToLiveMillis) {}

  final Map<String, Entry> entries = new TreeMap<>();

  /** What was asked, as words. */
  final List<List<String>> asked = new ArrayList<>();

  /** Steps of a walk that find nothing, before those that look at the entries. */
  int emptySteps;

  /** Channels on which something was said. */
  final List<String> told = new ArrayList<>();

  /** Commands that failed. */
  final List<String> failed = new ArrayList<>();

  /** Whether it wants keys of one slot. */
  boolean cluster;

  private boolean away;
  private List<String> walked = List.of();

  @SuppressWarnings("unchecked") // a proxy has no type arguments
  private final RedisAsyncCommands<byte[], byte[]> control =
      (RedisAsyncCommands<byte[], byte[]>)
          Proxy.newProxyInstance(
              FakeRedis.class.getClassLoader(),
              new Class<?>[] {RedisAsyncCommands.class},
              (proxy, command, arguments) -> answer(command, arguments));

  void goAway() {
    away = true;
  }

  long asked(String command) {
    return asked.stream().filter(words -> words.getFirst().equals(command)).count();
  }

  @Override
  public @Nullable RedisAsyncCommands<byte[], byte[]> control() {
    return away ? null : control;
  }

  @Override
  public boolean isCluster() {
    return cluster;
  }

  @Override
  public void failed(String command, Throwable error) {
    failed.add(command);
  }

  @Override
  public void write(List<? extends RedisCommand<byte[], byte[], ?>> commands) {
    for (RedisCommand<byte[], byte[], ?> command : commands) {
      if (away) {
        command.completeExceptionally(new IllegalStateException("away"));
      } else {
        perform(command);
      }
    }
  }

  private void perform(RedisCommand<byte[], byte[], ?> command) {
    List<String> words = words(command.getArgs());
    note(command.getType().toString(), words);
    if (command.getType() == CommandType.MGET) {
      command.getOutput().multi(words.size());
      for (String name : words) {
        Entry entry = entries.get(name);
        command.getOutput().set(entry == null ? null : UTF_8.encode(entry.value()));
      }
    } else {
      entries.put(words.getFirst(), new Entry(words.get(1), Long.parseLong(words.getLast())));
      command.getOutput().set(UTF_8.encode("OK"));
    }
    command.complete();
  }

  private void note(String command, List<String> words) {
    List<String> all = new ArrayList<>(words);
    all.addFirst(command);
    asked.add(all);
  }

  /** The arguments of a command, read from what it would send. */
  private static List<String> words(@Nullable CommandArgs<byte[], byte[]> args) {
    ByteBuf sent = Unpooled.buffer();
    Objects.requireNonNull(args).encode(sent);
    String[] lines = sent.toString(UTF_8).split("\r\n", -1);
    List<String> words = new ArrayList<>();
    for (int i = 1; i < lines.length; i += 2) {
      words.add(lines[i]);
    }
    return words;
  }

  private Object answer(Method command, Object @Nullable [] given) {
    Object[] arguments = given == null ? new Object[0] : given;
    return switch (command.getName()) {
      case "ping" -> later(() -> "PONG");
      case "publish" -> {
        told.add(new String((byte[]) arguments[0], UTF_8));
        yield later(() -> 0L);
      }
      case "mget" -> later(() -> values((byte[][]) arguments[0]));
      case "unlink" -> later(() -> remove((byte[][]) arguments[0]));
      case "scan" -> {
        boolean first = arguments.length == 1;
        int from = first ? 0 : Integer.parseInt(((ScanCursor) arguments[0]).getCursor());
        ScanArgs how = (ScanArgs) arguments[arguments.length - 1];
        yield later(() -> step(from, how));
      }
      default -> throw new UnsupportedOperationException(command.getName());
    };
  }

  private List<KeyValue<byte[], byte[]>> values(byte[][] names) {
    note("MGET", Arrays.stream(names).map(name -> new String(name, UTF_8)).toList());
    List<KeyValue<byte[], byte[]>> values = new ArrayList<>();
    for (byte[] name : names) {
      Entry entry = entries.get(new String(name, UTF_8));
      values.add(
          entry == null
              ? KeyValue.empty(name)
              : KeyValue.just(name, entry.value().getBytes(UTF_8)));
    }
    return values;
  }

  private long remove(byte[][] names) {
    for (byte[] name : names) {
      entries.remove(new String(name, UTF_8));
    }
    return names.length;
  }

  private KeyScanCursor<byte[]> step(int from, ScanArgs how) {
    CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
    how.build(args);
    List<String> words = words(args);
    note("SCAN", words);
    if (from == 0) {
      walked = List.copyOf(entries.keySet());
    }
    int seen = Math.max(0, from - emptySteps);
    int limit = from < emptySteps ? 0 : Integer.parseInt(words.get(words.indexOf("COUNT") + 1));
    List<String> looked = walked.subList(seen, Math.min(walked.size(), seen + limit));
    int next = from + (from < emptySteps ? 1 : looked.size());
    boolean finished = next >= emptySteps + walked.size();
    KeyScanCursor<byte[]> cursor = new KeyScanCursor<>();
    cursor.setCursor(finished ? "0" : String.valueOf(next));
    cursor.setFinished(finished);
    String begin = words.get(words.indexOf("MATCH") + 1).replace("*", "");
    looked.stream()
        .filter(name -> name.startsWith(begin))
        .forEach(name -> cursor.getKeys().add(name.getBytes(UTF_8)));
    return cursor;
  }

  private static <T> RedisFuture<T> later(Supplier<T> answer) {
    Answer<T> later = new Answer<>();
    ForkJoinPool.commonPool().execute(() -> later.complete(answer.get()));
    return later;
  }

  private static final class Answer<T> extends CompletableFuture<T> implements RedisFuture<T> {
    @Override
    public @Nullable String getError() {
      return null;
    }

    @Override
    public boolean await(long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException("nothing waits for Redis");
    }
  }
}
