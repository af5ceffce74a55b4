package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.ClusterBackEnd;
import io.turnpike.launcher.job.ClusterJob;
import io.turnpike.launcher.job.Findings;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.KubernetesSettings;
import io.turnpike.launcher.job.NeverSubmitted;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.job.Watchers;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.stack.StackException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Jobs on a Kubernetes cluster, 1.30 and newer, out of objects that every cluster knows. */
public final class KubernetesBackEnd implements ClusterBackEnd {

  private final Kubeconfig kubeconfig;
  private final Watchers watchers;

  /** On the cluster that the kubeconfig of whoever runs this names. */
  public KubernetesBackEnd(Watchers watchers) {
    this(Kubeconfig.ofThisUser(), watchers);
  }

  KubernetesBackEnd(Kubeconfig kubeconfig, Watchers watchers) {
    this.kubeconfig = kubeconfig;
    this.watchers = watchers;
  }

  @Override
  public String word() {
    return "kubernetes";
  }

  @Override
  public void check(JobFile job, Findings findings) {
    if (job.engines().kind() == EngineKind.VLLM && job.target().image() == null) {
      findings.mistake("image", "missing", "an image that has vLLM, like vllm/vllm-openai:v0.13.0");
    }
    if (job.scheduler().command() != null) {
      findings.mistake(
          "scheduler.command",
          "it is no image",
          "Turnpike's own there, or the back end local or ray");
    }
    if (!job.restarts()) {
      findings.mistake("restart", "'never'", "'on-end': Kubernetes starts again what has ended");
    }
    SpanningCheck.check(job, findings);
    if (job.says("scheduler.host")) {
      findings.note("scheduler.host", "is passed over: gateways listen on their pod's address");
    }
    if (job.workingFolder() != null) {
      findings.note("working_dir", "is a folder of the image there, not of this machine");
    }
  }

  /** Under the file's own name: who keeps them elsewhere has no id. */
  @Override
  public List<String> render(JobFile job, JobFolder.Entry entry) {
    return Manifests.lines(job, Names.ofFile(job.file()));
  }

  /** Gateways and workers end one after the other. */
  @Override
  public Duration toEnd(JobFile job) {
    return Teardown.toEnd(job.target().kubernetes().drain()).multipliedBy(3);
  }

  /**
   * A process in the background watches over the start, as on this machine. A watcher in the
   * cluster was rejected: it would need the right to take all of the job away, for ever.
   */
  @Override
  public ClusterJob submit(JobFile job, JobFolder.Entry entry) throws InterruptedException {
    ClusterJob begun = begin(job, entry);
    watchers.start(
        entry, List.of("job", "await", entry.id()), Map.of("KUBECONFIG", kubeconfig.variable()));
    return begun;
  }

  @Override
  public ClusterJob begin(JobFile job, JobFolder.Entry entry) throws InterruptedException {
    KubernetesSettings settings = job.target().kubernetes();
    KubeApi api = KubeApi.of(kubeconfig, settings.cluster());
    Names names = Names.ofJob(entry.id());
    List<Manifest> manifests = Manifests.of(job, names);
    Applied applied =
        new Applied(
            settings.cluster().context(),
            api.namespace(),
            names.job(),
            job.timeout().toSeconds(),
            settings.drain().toSeconds(),
            manifests);
    requireKinds(api, applied);
    if (new Teardown(api, applied).isAnythingLeft()) {
      throw new StackException(
          "kubernetes: there is a '%s' in namespace %s (expected: another name of the file)"
              .formatted(names.job(), api.namespace()));
    }
    applied.write(entry);
    KubernetesJob running = new KubernetesJob(api, entry, applied);
    List<Manifest> all = new ArrayList<>(Secrets.manifests(job, names, new SecureRandom()));
    all.addAll(manifests);
    running.apply(all);
    return running;
  }

  /** Said before anything is applied. */
  private static void requireKinds(KubeApi api, Applied applied) throws InterruptedException {
    for (ObjectKind kind : applied.kinds()) {
      if (kind.isExtra() && !api.has(kind)) {
        throw new StackException(
            "kubernetes.nodes: the cluster has no %s (expected: installed as on"
                    .formatted(kind.word())
                + " https://lws.sigs.k8s.io/docs/installation, or 1 node for each worker)");
      }
    }
  }

  @Override
  public RunningJob find(JobFolder.Entry entry) {
    if (entry.recall().isEmpty()) {
      return new NeverSubmitted(entry.id());
    }
    Applied applied = Applied.read(entry);
    return new KubernetesJob(KubeApi.of(kubeconfig, applied.cluster()), entry, applied);
  }
}
