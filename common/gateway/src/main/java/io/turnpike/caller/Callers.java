package io.turnpike.caller;

import io.turnpike.control.Bearer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may ask. The list follows its file: a change counts from the next look on, and a file that
 * cannot be read, or is wrong, changes nothing but the log. Thread-safe.
 */
public final class Callers {

  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

  /** Who shows the admin key may do all. */
  private static final Caller OPERATOR =
      new Caller(CallersFile.RESERVED, Set.of(), Limits.NONE, true, true, null);

  private final @Nullable Path file;
  private final byte @Nullable [] salt;
  private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Table table;
  private volatile Bearer admin = Bearer.adminKey(null);
  private @Nullable Seen seen;

  /** All callers of a file at one time. */
  record Table(KeyTable keys, Set<String> ids) {}

  /** What a file looked like. */
  private record Seen(Object modified, long size, @Nullable Object key, @Nullable String wrong) {

    Seen with(@Nullable String nowWrong) {
      return new Seen(modified, size, key, nowWrong);
    }
  }

  private Callers(@Nullable Path file, byte @Nullable [] salt) {
    this.file = file;
    this.salt = salt;
  }

  /** Everybody may ask. */
  public static Callers anybody() {
    return new Callers(null, null);
  }

  /**
   * Those that a file lists.
   *
   * @param salt what cache salts are made with, or null
   * @throws IllegalArgumentException in one line, if the file is wrong
   */
  public static Callers of(Path file, byte @Nullable [] salt) {
    Callers callers = new Callers(file, salt);
    callers.seen = look(file, null);
    callers.table = CallersFile.read(file, salt);
    return callers;
  }

  /** From now on who shows this key may ask too, for all and without limits. */
  public void admit(Bearer adminKey) {
    admin = adminKey;
  }

  /** Whether keys are needed. */
  public boolean areListed() {
    return file != null;
  }

  /** Hears the ids of all callers each time that the file has changed. */
  public void onChange(Consumer<Set<String>> listener) {
    listeners.add(listener);
  }

  /** Whom an {@code Authorization} header is of; null: nobody who may ask. */
  public @Nullable Caller find(@Nullable String authorization) {
    Table known = table;
    if (known == null) {
      return Caller.ANYBODY;
    }
    String secret = Bearer.secret(authorization);
    if (secret == null) {
      return null;
    }
    Caller caller = known.keys().find(secret);
    return caller == null && admin.matches(secret) ? OPERATOR : caller;
  }

  /** Takes the file's callers if it has changed. For one thread at a time. */
  public void reload() {
    Path listed = file;
    if (listed == null) {
      return;
    }
    Seen before = seen;
    Seen now = look(listed, before == null ? null : before.wrong());
    if (now.equals(before)) {
      return;
    }
    try {
      Table changed = CallersFile.read(listed, salt);
      table = changed;
      seen = now.with(null);
      listeners.forEach(listener -> listener.accept(changed.ids()));
      LOG.atInfo().addKeyValue("callers", changed.ids().size()).log("callers read again");
    } catch (IllegalArgumentException wrong) {
      seen = now.with(wrong.getMessage());
      if (before == null || !String.valueOf(wrong.getMessage()).equals(before.wrong())) {
        LOG.atWarn()
            .addKeyValue("file", listed)
            .addKeyValue("reason", wrong.getMessage())
            .log("callers not read again: those known before stay");
      }
    }
  }

  private static Seen look(Path file, @Nullable String wrong) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Seen(now.lastModifiedTime(), now.size(), now.fileKey(), wrong);
    } catch (IOException gone) {
      return new Seen("", -1, null, wrong);
    }
  }
}
