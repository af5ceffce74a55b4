package io.turnpike.launcher.job;

import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.stack.StateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the jobs of this machine keep what they keep: a state folder each, named by the job's id.
 * At most {@value #KEPT} of those that have ended stay for a look.
 *
 * @param path {@code jobs} in the state folder
 */
public record JobFolder(Path path) {

  private static final int KEPT = 20;
  private static final String FILE = "job.yaml";
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

  /** How a job is. */
  public enum Condition {
    /** Its workers are not all healthy yet. */
    STARTING,
    /** Clients are served. */
    UP,
    /** Who watched over it was killed; what it has started runs on. */
    LEFT_BEHIND,
    /** Nothing of it runs. */
    ENDED;

    /** As it is shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * One job.
   *
   * @param id its name
   * @param state its pid files and logs
   */
  public record Entry(String id, StateFolder state) {

    /** The state folder that the folder of jobs is in. */
    public Path stateFolder() {
      return state.path().resolve("..").resolve("..").normalize();
    }

    /** The job file, as it was when the job was begun. */
    public Path file() {
      return state.path().resolve(FILE);
    }

    /** What the process that watches over it has said, when nobody looked on. */
    public Path output() {
      return state.path().resolve("output.log");
    }

    /** This process watches over the job from now on. */
    public void watchedByUs() {
      PidFile.ofThisProcess("job").write(watcherFolder());
    }

    /** The process that watches over it; null when it has ended. */
    public @Nullable PidFile watcher() {
      return PidFile.all(watcherFolder()).stream()
          .filter(PidFile::isAlive)
          .findFirst()
          .orElse(null);
    }

    /** Where the pid file of the process that watches over it is. */
    public Path watcherFolder() {
      return state.path().resolve("watcher");
    }

    /** The back end on which it runs. */
    public String backEnd() {
      return read("backend", JobFile.LOCAL);
    }

    /** It runs on that back end. */
    public void on(String backEnd) {
      write("backend", backEnd);
    }

    /** What its back end wrote down to find it again; empty: nothing. */
    public String recall() {
      return read("remote", "");
    }

    /** Keeps a text for its back end. */
    public void remember(String text) {
      write("remote", text);
    }

    /** It was stopped, and its folder may be forgotten. */
    public void over() {
      write("over", "");
    }

    /**
     * Only its cluster knows whether a job elsewhere still runs, so it is kept until it is over.
     */
    private boolean mayRun() {
      return backEnd().equals(JobFile.LOCAL)
          ? watcher() != null || !state.processes().isEmpty()
          : !recall().isEmpty() && !Files.exists(state.path().resolve("over"));
    }

    private String read(String name, String other) {
      try {
        return Files.readString(state.path().resolve(name));
      } catch (IOException e) {
        return other;
      }
    }

    /** All at once: others read it at any time. */
    private void write(String name, String text) {
      try {
        Files.createDirectories(state.path());
        Path whole = Files.createTempFile(state.path(), name, "");
        Files.writeString(whole, text);
        Files.move(whole, state.path().resolve(name), StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + state.path().resolve(name), e);
      }
    }

    /** Clients are served from now on. */
    public void up() {
      write("up", "");
    }

    /** Whether clients were served once. */
    public boolean wasUp() {
      return Files.exists(upMark());
    }

    private Path upMark() {
      return state.path().resolve("up");
    }

    /** Where clients go; empty when nobody would answer there. */
    public String url() {
      return condition() == Condition.ENDED ? "" : state.readGateway();
    }

    /** How it is now. */
    public Condition condition() {
      if (watcher() == null) {
        return state.isRunning() ? Condition.LEFT_BEHIND : Condition.ENDED;
      }
      return wasUp() ? Condition.UP : Condition.STARTING;
    }
  }

  /** The jobs of a state folder. */
  public static JobFolder in(StateFolder state) {
    return new JobFolder(state.path().resolve("jobs"));
  }

  /** A folder for a new job: an id out of the file's name and chance, and a copy of the file. */
  public Entry begin(Path file, RandomGenerator chance) {
    try {
      Files.createDirectories(path);
      forgetOld();
      Entry entry = entry(id(file, chance));
      Files.createDirectories(entry.state().path());
      Files.copy(file, entry.file());
      return entry;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }

  private static String id(Path file, RandomGenerator chance) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[A-Za-z]+$", "");
    String plain = name.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
    StringBuilder id = new StringBuilder(plain.isEmpty() ? "job" : plain).append('-');
    for (int i = 0; i < 4; i++) {
      id.append(LETTERS.charAt(chance.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  /** The folder that a job of that id has, or would have. */
  public Entry entry(String id) {
    return new Entry(id, new StateFolder(path.resolve(id)));
  }

  /** The job of that id, or null. */
  public @Nullable Entry find(String id) {
    return all().stream().filter(entry -> entry.id().equals(id)).findFirst().orElse(null);
  }

  /** All jobs, the newest first. */
  public List<Entry> all() {
    try (Stream<Path> folders = Files.list(path)) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve(FILE)))
          .sorted(Comparator.comparing(JobFolder::begun).reversed())
          .map(folder -> entry(String.valueOf(folder.getFileName())))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static FileTime begun(Path folder) {
    try {
      return Files.getLastModifiedTime(folder.resolve(FILE));
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private void forgetOld() throws IOException {
    List<Entry> ended = new ArrayList<>(all());
    ended.removeIf(Entry::mayRun);
    for (Entry old : ended.subList(Math.min(KEPT, ended.size()), ended.size())) {
      delete(old.state().path());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
