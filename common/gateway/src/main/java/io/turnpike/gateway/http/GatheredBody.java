package io.turnpike.gateway.http;

import io.netty.buffer.ByteBuf;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import io.turnpike.openai.TurnBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one request body on the heap, counted in {@link BodyMemory} until they are released.
 * Used by one thread at a time. What cannot be taken is a fault, and what was there stays.
 *
 * <pre>
 *   gathered ── read ── kept ── taken back ── released
 *                         └ given up, by anybody who needs the room
 * </pre>
 */
public final class GatheredBody {

  private static final byte[] NONE = {};
  private static final int MIN_BYTES = 16;

  /** More than this must arrive before it takes memory: a slow upload only announces its size. */
  private static final int MAX_INITIAL_BYTES = 64 * 1024;

  private static final int PIECE_BYTES = 8 * 1024;

  private final BodyMemory memory;
  private final int maxBytes;
  private byte[] bytes = NONE;
  private int length;
  private @Nullable TurnBody read;
  private boolean kept;

  GatheredBody(BodyMemory memory, int maxBytes) {
    this.memory = memory;
    this.maxBytes = maxBytes;
  }

  /** Begins at the place 0; longer than {@link #length}. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /**
   * Adds what is readable there.
   *
   * @param likely how much it will be in the end, as far as that is known
   */
  @Nullable BodyFault add(ByteBuf part, long likely) {
    int more = part.readableBytes();
    BodyFault fault = makeRoom(more, likely);
    if (fault == null) {
      part.readBytes(bytes, length, more);
      length += more;
    }
    return fault;
  }

  private @Nullable BodyFault makeRoom(int more, long likely) {
    if (more > maxBytes - length) {
      return BodyFault.TOO_LARGE;
    }
    int needed = length + more;
    if (needed <= bytes.length) {
      return null;
    }
    int first = Math.clamp(likely, MIN_BYTES, MAX_INITIAL_BYTES);
    int wanted = bytes.length == 0 ? first : (int) Math.min(2L * bytes.length, maxBytes);
    int size = Math.min(maxBytes, Math.max(needed, wanted));
    if (!memory.take(size - bytes.length)) {
      return BodyFault.NO_ROOM;
    }
    bytes = Arrays.copyOf(bytes, size);
    return null;
  }

  /** Makes of gzip what was packed in it; both count while it is under way. */
  public @Nullable BodyFault unpack() {
    GatheredBody plain = new GatheredBody(memory, maxBytes);
    BodyFault fault = plain.readAll(this);
    if (fault != null) {
      plain.release();
      return fault;
    }
    release();
    bytes = plain.bytes;
    length = plain.length;
    return null;
  }

  private @Nullable BodyFault readAll(GatheredBody packed) {
    long likely = 4L * packed.length;
    byte[] piece = new byte[PIECE_BYTES];
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(packed.bytes, 0, packed.length))) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        BodyFault fault = makeRoom(read, likely);
        if (fault != null) {
          return fault;
        }
        System.arraycopy(piece, 0, bytes, length, read);
        length += read;
      }
      return null;
    } catch (IOException broken) {
      return BodyFault.MALFORMED;
    }
  }

  /**
   * It may not be needed again: until it is taken back it may be given up for others.
   *
   * @param whatWasRead of it; the caller lets go of that
   */
  public void keep(TurnBody whatWasRead) {
    read = whatWasRead;
    kept = true;
    memory.keep(this);
  }

  /** What was read of it, which is the caller's again; null: it was given up, or never kept. */
  public @Nullable TurnBody takeBack() {
    boolean there = kept && memory.takeBack(this);
    TurnBody back = there ? read : null;
    kept = false;
    read = null;
    return back;
  }

  /** The memory needs the room, and nobody else has it meanwhile. */
  void giveUp() {
    read = null;
    letGo();
  }

  /** Lets the bytes go, kept or not; harmless when repeated. */
  public void release() {
    takeBack();
    letGo();
  }

  private void letGo() {
    memory.give(bytes.length);
    bytes = NONE;
    length = 0;
  }
}
