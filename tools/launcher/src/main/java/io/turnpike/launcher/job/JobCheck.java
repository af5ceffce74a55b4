package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.PlanException;
import io.turnpike.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a job file, all of it, before anything is started.
 *
 * @param job what could be read
 * @param mistakes one line each: file, line, key, what was expected; empty: it can be started
 * @param notes what works, and what somebody should know all the same
 */
public record JobCheck(JobFile job, List<String> mistakes, List<String> notes) {

  public JobCheck {
    mistakes = List.copyOf(mistakes);
    notes = List.copyOf(notes);
  }

  /**
   * Reads a file and checks it.
   *
   * @param backEnd where it is to run, over what the file says; null: where the file says
   * @param backEnds finds a back end by its name
   */
  public static JobCheck of(
      Path file, @Nullable String backEnd, Function<String, BackEnd> backEnds) {
    try {
      return of(
          file.toString(),
          Files.readString(file),
          job -> backEnd == null ? job : job.on(backEnd),
          (job, findings) -> backEnds.apply(job.target().backEnd()).check(job, findings));
    } catch (IOException e) {
      throw new PlanException(file + ": cannot be read (expected: a job file, see docs/job.md)");
    }
  }

  /** Checks a text as far as it is the same for all back ends; {@code file} names it. */
  public static JobCheck of(String file, String yaml) {
    return of(file, yaml, job -> job, (job, findings) -> {});
  }

  private static JobCheck of(
      String file,
      String yaml,
      UnaryOperator<JobFile> choice,
      BiConsumer<JobFile, Findings> ofBackEnd) {
    List<String> mistakes = new ArrayList<>();
    JobFile job = choice.apply(JobReader.read(file, yaml, mistake -> mistakes.add(mistake.text())));
    if (job.places().lines().isEmpty() && !mistakes.isEmpty()) {
      return new JobCheck(job, mistakes, List.of()); // Nothing could be read.
    }
    Findings findings = new Findings(job.places());
    checkGroups(job, findings);
    checkGpus(job, findings);
    checkPorts(job, findings);
    checkScheduler(job, findings);
    KvCheck.check(job, findings);
    ofBackEnd.accept(job, findings);
    mistakes.addAll(findings.mistakes());
    mistakes.sort(Comparator.comparingInt(job.places()::lineOf));
    return new JobCheck(job, mistakes, findings.notes());
  }

  /** The job, or one fault with all mistakes. */
  public JobFile orThrow() {
    if (!mistakes.isEmpty()) {
      throw new PlanException(String.join("\n", mistakes));
    }
    return job;
  }

  private static void checkGroups(JobFile job, Findings findings) {
    if (job.workers() == 0) {
      findings.mistake("prefill", "no workers", "prefill and decode, replica, or any");
    }
    if (job.doing(Role.PREFILL) != job.doing(Role.DECODE)) {
      String missing = job.doing(Role.PREFILL) ? "decode" : "prefill";
      findings.mistake(missing, "no workers", "prefill and decode together, replica alone, or any");
    }
    for (Group group : job.groups()) {
      if (group.replicas() > 0 && group.params().text(Params.MODEL) == null) {
        findings.mistake(
            findings.places().param(group.role().word(), Params.MODEL),
            "missing",
            "what vllm serve loads, for example Qwen/Qwen3-0.6B");
      }
    }
  }

  private static void checkGpus(JobFile job, Findings findings) {
    for (Group group : job.groups()) {
      checkGpus(job, group, findings);
    }
    Integer given = job.gpus();
    List<String> devices = job.isLocal() ? job.engines().devices() : null;
    int asked = job.gpusAsked();
    if (given != null && asked > given) {
      findings.mistake("num_gpus", given + ", but workers ask for " + asked, "at least " + asked);
    }
    if (devices != null && asked > devices.size()) {
      findings.mistake(
          "local.devices", devices.size() + ", but workers ask for " + asked, asked + " of them");
    }
  }

  private static void checkGpus(JobFile job, Group group, Findings findings) {
    Integer each = group.gpus();
    String path = group.role().word() + ".num_gpus";
    int needed = group.params().gpus();
    if (each != null && each > 0 && each < needed) {
      findings.mistake(
          path,
          each.toString(),
          "at least " + needed + ", tensor x pipeline x data parallel size of one worker");
    }
    if (each != null && each % job.gpusPerWorker() != 0) {
      findings.mistake(
          path, each.toString(), "a multiple of gpus_per_worker, " + job.gpusPerWorker());
    }
  }

  private static void checkPorts(JobFile job, Findings findings) {
    Map<Integer, String> taken = new HashMap<>();
    taken.put(job.scheduler().port(), "scheduler.port");
    for (Group group : job.groups()) {
      String port = group.params().text(Params.PORT);
      if (port == null || port.equals("{PORT}") || group.replicas() == 0) {
        continue;
      }
      String path = findings.places().param(group.role().word(), Params.PORT);
      Integer number = port.matches("[1-9][0-9]{0,4}") ? Integer.valueOf(port) : null;
      if (number == null || number > 65_535) {
        findings.mistake(path, "'" + port + "'", "'{PORT}', or a number from 1 to 65535");
      } else if (group.replicas() > 1) {
        findings.mistake(path, port + " for " + group.replicas() + " workers", "'{PORT}'");
      } else {
        String other = taken.putIfAbsent(number, path + " of " + group.role().word());
        if (other != null) {
          findings.mistake(path, port + " is " + other + " too", "a port of its own, or '{PORT}'");
        }
      }
    }
  }

  private static void checkScheduler(JobFile job, Findings findings) {
    String command = job.scheduler().command();
    if (command == null) {
      return;
    }
    for (String unknown : new ProxyCommand(command).unknown((role, n) -> place(job, role, n))) {
      String role = unknown.replaceAll("[^A-Z]*([A-Z]+)_.*", "$1");
      Group group = job.group(Role.valueOf(role));
      findings.mistake(
          "scheduler.command",
          unknown,
          group == null
              ? "no " + role + " placeholder without such workers"
              : "a number from 1 to " + group.replicas());
    }
    for (String key : List.of("host", "mode", "proxies", "redis", "properties")) {
      if (job.places().lines().containsKey("scheduler." + key)) {
        findings.mistake(
            "scheduler." + key, "said beside a command", "one of both: it is for Turnpike's proxy");
      }
    }
  }

  private static ProxyCommand.@Nullable Address place(JobFile job, Role role, int n) {
    Group group = job.group(role);
    return group == null || n < 1 || n > group.replicas()
        ? null
        : new ProxyCommand.Address("127.0.0.1", "1");
  }

  /** Whether the working folder is there, for back ends where it is one of this machine. */
  public static void checkFolder(JobFile job, Findings findings) {
    Path folder = job.workingFolder();
    if (folder != null && !Files.isDirectory(folder)) {
      findings.mistake("working_dir", "'" + folder + "' is no folder", "one that is there");
    }
  }
}
