package io.turnpike.simulator.connector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store of KV blocks by content that several engines see. Thread-safe. */
public interface SharedStore {

  /** Whether a block is there. */
  boolean contains(long hash);

  /** Puts a block there. */
  void add(long hash);

  /** One for all engines of this JVM. */
  static SharedStore inThisProcess() {
    return InMemory.INSTANCE;
  }

  /** One for all engines that are given this folder: an empty file a block. */
  static SharedStore folder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("shared-storage: cannot make " + folder, e);
    }
    return new Folder(folder);
  }

  /** Blocks in memory. */
  final class InMemory implements SharedStore {

    /** More blocks than this and all are forgotten. */
    static final int MAX_BLOCKS = 1 << 20;

    private static final InMemory INSTANCE = new InMemory();

    private final Set<Long> blocks = ConcurrentHashMap.newKeySet();

    @Override
    public boolean contains(long hash) {
      return blocks.contains(hash);
    }

    @Override
    public void add(long hash) {
      if (blocks.size() >= MAX_BLOCKS) {
        blocks.clear();
      }
      blocks.add(hash);
    }
  }

  /**
   * Blocks in a folder, which its owner empties.
   *
   * @param path where
   */
  record Folder(Path path) implements SharedStore {

    @Override
    public boolean contains(long hash) {
      return Files.exists(file(hash));
    }

    @Override
    public void add(long hash) {
      try {
        Files.createFile(file(hash));
      } catch (FileAlreadyExistsException e) {
        // Another engine computed the same block.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Path file(long hash) {
      return path.resolve("%016x".formatted(hash));
    }
  }
}
