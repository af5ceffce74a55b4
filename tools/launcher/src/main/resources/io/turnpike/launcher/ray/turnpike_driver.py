"""Runs one job of Turnpike's on a Ray cluster: the entrypoint of a Ray job. turnpike_plan.json beside it says what.

All workers get their places at once, or none, and the job waits. Each process is kept by turnpike_keeper.py below
an actor, so that nothing outlives actor, driver or node daemon, however these end. Before the job is up, a
process that ends ends all of it; later it is started again. On standard output there is one JSON line an
event, {"turnpike": EVENT, ...}, and nothing else. Exit code 0 after SIGTERM, 1 when the job was lost.
"""
import json
import os
import random
import signal
import sys
import threading
import time
import urllib.error

import ray
from ray.util.placement_group import remove_placement_group
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy, PlacementGroupSchedulingStrategy

from turnpike_actors import LOG_LINES, Desk, Keeper
from turnpike_orders import Orders
from turnpike_places import Cluster
from turnpike_traffic import Registry
from turnpike_words import Lost, say

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_RESTARTS = 5
FORGIVEN_SECONDS = 600
BEAT_SECONDS = 4
READY_SECONDS = 1  # How often a process that is well is looked at.


class Process:
    """One process of the job, over all of its lives."""

    def __init__(self, name, spec, role=None):
        self.name, self.spec, self.role = name, spec, role
        self.actor = self.group = self.facts = self.pin = self.actor_id = None
        self.state, self.line, self.ends, self.last_end, self.again_at = "new", "", 0, 0.0, None
        self.settling = self.looking = self.url = None  # What was asked of its actor, and how it says that it is well.
        self.asked, self.on_trial = 0.0, False

    @property
    def key(self):
        return self.name.upper().replace("-", "_")

    @property
    def address(self):
        return "%s:%d" % (self.facts["host"], self.facts["ports"]["PORT"])

    def bundle(self):
        return dict(self.spec["bundle"])


class Job:
    def __init__(self, plan, stopping):
        self.plan, self.stopping = plan, stopping
        self.cluster = Cluster(stopping, self.beat)
        self.up, self.since, self.beaten, self.told = False, time.monotonic(), 0.0, 0.0
        self.facts = dict(plan["facts"])
        self.front = [Process(spec["name"], spec) for spec in plan["front"]]
        self.workers = [self.worker(role, n) for role, group in plan["groups"].items()
                        for n in range(1, group["replicas"] + 1)]
        self.registry = Registry(self.facts, plan.get("registry_key"))
        self.orders = Orders(self, Desk.options(
            name="turnpike-" + plan["id"], namespace="turnpike", scheduling_strategy=self.beside_us()).remote())

    def beside_us(self):
        return NodeAffinitySchedulingStrategy(self.cluster.head, soft=False)

    @property
    def has_registry(self):
        """Whether somebody hears of it when a worker is elsewhere; a program of the file's own does not."""
        return "REGISTRY_PORT" in self.facts

    def worker(self, role, n):
        return Process("%s-%d" % (role, n), self.plan["groups"][role], role)

    def all(self):
        return self.front + self.workers

    # --- start ---

    def start(self):
        groups = {role: (group["strategy"], [w for w in self.workers if w.role == role])
                  for role, group in self.plan["groups"].items() if group["replicas"]}
        placed = self.cluster.place_all(groups)
        if placed is None:
            return
        for worker in self.workers:
            worker.group, worker.pin = placed[worker.name]
        say("placed", workers=len(self.workers))
        self.since = time.monotonic()
        first = [p for p in self.all() if not p.spec.get("last")]
        for process in first:
            self.hire(process)
        for process in first:
            self.settle(process)
        for process in first:
            self.launch(process)

    def hire(self, process):
        """An actor where the process is to run."""
        if process.group is None:
            process.actor = Keeper.options(num_cpus=0, scheduling_strategy=self.beside_us()).remote()
        else:
            bundle = process.bundle()
            where = PlacementGroupSchedulingStrategy(process.group, 0)
            process.actor = Keeper.options(
                num_cpus=bundle.pop("CPU", 0), num_gpus=bundle.pop("GPU", 0), resources=bundle,
                scheduling_strategy=where).remote()
        stays = process.role is None or not self.has_registry
        before = process.facts["ports"] if process.facts and stays else {}
        process.settling = process.actor.place.remote(process.spec["ports"], before)

    def settle(self, process):
        """Its address, from now on a fact for all."""
        try:
            process.facts = ray.get(process.settling, timeout=120)
        except (ray.exceptions.RayError, ray.exceptions.GetTimeoutError) as fault:
            raise Lost("%s got no actor: %s" % (process.name, type(fault).__name__)) from fault
        process.actor_id = process.facts["actor"]
        self.facts[process.key + "_HOST"] = process.facts["host"]
        for name, port in process.facts["ports"].items():
            self.facts["%s_%s" % (process.key, name)] = str(port)

    def launch(self, process):
        own = {"HOST": process.facts["host"], "NAME": process.name,
               "ENGINE_ID": "%s-%08x" % (process.name, random.getrandbits(32)),
               "KV_IP": self.facts.get("PREFILL_1_HOST", process.facts["host"]),
               "NODES": ",".join(sorted(set(self.cluster.nodes().values()))),
               **{name: str(port) for name, port in process.facts["ports"].items()}}
        facts = {**self.facts, **own}
        command = [self.filled(word, facts) for word in process.spec["command"]]
        env = {name: self.filled(value, facts) for name, value in process.spec["env"].items()}
        if process.spec.get("ray"):
            env.setdefault("RAY_ADDRESS", ray.get_runtime_context().gcs_address)
        process.url = self.filled(process.spec["ready"], facts)
        process.state, process.line = "starting", ""
        process.looking = None
        process.actor.start.remote(command, env, self.plan["stop_seconds"])
        say("started", name=process.name, address=process.address, node=process.facts["node"], actor=process.actor_id)

    @staticmethod
    def filled(text, facts):
        for name, value in facts.items():
            text = text.replace("{%s}" % name, value)
        return text

    # --- watch ---

    def run(self):
        self.start()
        while not self.stopping.wait(0.3):
            for process in self.all():
                self.look(process)
            self.begin_last()
            self.judge()
            self.beat()
            self.orders.step()
        return 0

    def look(self, process):
        """Asks an actor without waiting for it, and hears what it said since."""
        if process.state == "again" and time.monotonic() >= process.again_at:
            self.start_again(process)
        if process.state not in ("starting", "ready", "placing"):
            return
        if process.state == "placing":
            self.settled(process)
            return
        if process.looking is None:
            if process.state == "ready" and time.monotonic() - process.asked < READY_SECONDS:
                return
            process.looking, process.asked = process.actor.look.remote(process.url), time.monotonic()
        done, _ = ray.wait([process.looking], timeout=0)
        if not done:
            return
        looked, process.looking = process.looking, None
        try:
            state, log, code = ray.get(looked)
        except ray.exceptions.RayError as fault:
            self.ended(process, "%s was lost with its actor or node (%s)" % (process.name, type(fault).__name__), [])
            return
        if state == "ended":
            self.ended(process, "%s ended with exit code %s" % (process.name, code), log)
            return
        process.line = log[-1] if log else ""
        if state == "ready" and process.state == "starting":
            process.state = "ready"
            say("ready", name=process.name, address=process.address)

    def ended(self, process, end, log):
        self.let_go(process)
        if process.on_trial:
            process.line = "; ".join([end] + log[-3:])
            return
        if not self.up or not self.plan["restarts"]:
            raise Lost(end, log)
        now = time.monotonic()
        process.ends = process.ends + 1 if now - process.last_end < FORGIVEN_SECONDS else 1
        process.last_end = now
        if process.ends > MOST_RESTARTS:
            raise Lost("%s, %d times in a row" % (end, process.ends), log)
        pause = 2 ** (process.ends - 1)
        process.state, process.again_at = "again", now + pause
        say("ended", name=process.name, end=end, log=log, again=pause)

    def let_go(self, process):
        process.state, process.looking = "ended", None
        if process.actor is not None:
            ray.kill(process.actor)
            process.actor = None

    def start_again(self, process):
        if process.role is not None and process.pin not in self.cluster.nodes():
            self.release(process)
            others = [w for w in self.workers if w.role == process.role and w is not process]
            found = self.cluster.place_one(process, process.spec["strategy"], others, 1)
            if found is None:
                process.again_at = time.monotonic() + 5
                say("waiting", **{"for": self.cluster.wish(process.name, process.spec["strategy"], [process]),
                                  "free": self.cluster.free()})
                return
            process.group, process.pin = found
        self.begin(process)

    def begin(self, process):
        """A life of a process beside others that go on; it is heard of by and by."""
        self.hire(process)
        process.state, process.asked = "placing", time.monotonic()

    def settled(self, process):
        done, _ = ray.wait([process.settling], timeout=0)
        if done:
            try:
                self.settle(process)
                self.launch(process)
            except Lost as fault:
                self.ended(process, str(fault), [])
        elif time.monotonic() - process.asked > 60:
            self.let_go(process)
            process.state, process.again_at = "again", time.monotonic()

    def release(self, process):
        if process.group is not None:
            remove_placement_group(process.group)
            process.group = process.pin = None

    def begin_last(self):
        """Somebody else's proxy may ask its engines at once."""
        if self.up or not all(worker.state == "ready" for worker in self.workers):
            return
        for process in self.front:
            if process.spec.get("last") and process.state == "new":
                self.hire(process)
                self.settle(process)
                self.launch(process)

    def judge(self):
        if self.up:
            return
        if all(process.state == "ready" for process in self.all()):
            self.up = True
            say("up", url=self.filled(self.plan["url"], self.facts))
        elif time.monotonic() - self.since > self.plan["timeout"]:
            late = [p for p in self.workers + self.front if p.state != "ready"][0]
            raise Lost("%s is not ready after %d s (timeout)" % (late.name, self.plan["timeout"]), self.log_of(late))
        elif time.monotonic() - self.told > BEAT_SECONDS:
            self.told = time.monotonic()
            for process in self.all():
                if process.state == "starting" and process.line:
                    say("line", name=process.name, line=process.line[:500])

    @staticmethod
    def log_of(process):
        try:
            return ray.get(process.actor.tail.remote(LOG_LINES), timeout=10)
        except (AttributeError, ray.exceptions.RayError):
            return []

    def beat(self):
        """Registrations are leases."""
        if time.monotonic() - self.beaten < (BEAT_SECONDS if self.up else 1) or not self.has_registry:
            return
        self.beaten = time.monotonic()
        for worker in self.workers:
            if worker.state == "ready":
                try:
                    self.registry.join(worker)
                except urllib.error.HTTPError as refusal:
                    text = refusal.read().decode("utf-8", "replace")[:300]
                    if not self.up and refusal.code in (400, 401, 403, 409):
                        raise Lost("the registry refused %s: %s" % (worker.name, text)) from refusal
                except (OSError, ValueError):
                    pass  # It is starting, or being started again.

    # --- end ---

    def stop(self):
        """Gateways first, so that they can end their turns while engines still answer."""
        seconds = self.plan["stop_seconds"]
        for wave in (self.front[::-1], self.workers):
            stops = [p.actor.stop.remote(seconds) for p in wave if p.actor is not None]
            if stops:
                ray.wait(stops, num_returns=len(stops), timeout=seconds + 20)
            for process in wave:
                self.let_go(process)
        for worker in self.workers:
            if self.has_registry and not self.plan["front"]:
                self.registry.told("DELETE", "/" + worker.name)
            self.release(worker)


def main():
    with open(os.path.join(HERE, "turnpike_plan.json")) as file:
        plan = json.load(file)
    stopping = threading.Event()
    ray.init(namespace="turnpike", log_to_driver=False)
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())  # Ray has set one of its own.
    job = Job(plan, stopping)
    code = 0
    try:
        job.run()
    except Lost as lost:
        code = 1
        say("lost", why=str(lost), log=lost.log)
    finally:
        job.stop()
        say("stopped", code=code)
    sys.exit(code)


if __name__ == "__main__":
    main()
