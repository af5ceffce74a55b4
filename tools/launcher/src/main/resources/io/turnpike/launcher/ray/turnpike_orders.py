"""What a driver does when it is asked: other numbers of workers, and one of them anew."""
import json
import time

import ray

from turnpike_traffic import turns_at
from turnpike_words import Refused, say

KNOWN_SECONDS = 30  # For the registry, which may be being started again.


class Orders:
    """One order at a time, a step whenever the driver has looked after everything."""

    def __init__(self, job, desk):
        self.job, self.desk, self.under_way = job, desk, None

    def step(self):
        """Takes the next order, or goes on with the one that is under way until it waits again."""
        if self.under_way is None:
            try:
                order = ray.get(self.desk.take.remote(), timeout=30)
            except (ray.exceptions.RayError, ray.exceptions.GetTimeoutError):
                return  # The desk is being started again.
            if order is not None:
                number, words = order
                self.under_way = number, self.order(words, lambda line: self.desk.say.remote(number, line))
            return
        number, steps = self.under_way
        try:
            next(steps)
            return
        except StopIteration:
            fault = ""
        except Refused as refusal:
            fault = str(refusal)
        except Exception as mistake:  # Ours, or the cluster's; the job goes on.
            fault = "%s: %s" % (type(mistake).__name__, mistake)
        self.under_way = None
        self.desk.end.remote(number, fault)

    def order(self, words, out):
        """A generator: it yields where it waits, so that the watch goes on meanwhile."""
        if not self.job.up:
            raise Refused("the job is not up yet")
        if words[0] == "scale":
            yield from self.scale(words[1], int(words[2]), out)
        elif words[0] == "restart":
            yield from self.restart(words[1], out)
        else:
            raise Refused("%s is no order (expected: scale or restart)" % words[0])

    def scale(self, role, wanted, out):
        there = [worker for worker in self.job.workers if worker.role == role]
        if not there:
            raise Refused("%s: the job has no such workers" % role)
        if not self.job.has_registry:
            raise Refused("scale: a scheduler.command would not hear of it (expected: Turnpike's own proxies)")
        yield from self.drain(there[wanted:], out)
        for worker in there[wanted:]:
            self.job.workers.remove(worker)
            yield from self.finish(worker)
            self.job.registry.told("DELETE", "/" + worker.name)
            say("left", name=worker.name)
            out("%s has ended" % worker.name)
        for n in range(len(there) + 1, wanted + 1):
            yield from self.add(role, n, out)

    def add(self, role, n, out):
        worker = self.job.worker(role, n)
        others = [w for w in self.job.workers if w.role == role]
        found = self.job.cluster.place_one(worker, worker.spec["strategy"], others, 3)
        if found is None:
            raise Refused("no place for %s; free: %s" % (
                self.job.cluster.wish(worker.name, worker.spec["strategy"], [worker]), json.dumps(self.job.cluster.free()["now"])))
        worker.group, worker.pin = found
        worker.on_trial = True
        self.job.workers.append(worker)
        self.job.begin(worker)
        deadline = time.monotonic() + self.job.plan["timeout"]
        while worker.state in ("placing", "starting") and time.monotonic() < deadline:
            yield
        if worker.state != "ready":
            self.job.workers.remove(worker)
            yield from self.finish(worker)
            say("left", name=worker.name)
            raise Refused("%s did not become ready: %s" % (worker.name, worker.line or "no word of it"))
        worker.on_trial = False
        yield from self.known(worker)
        out("%s is ready, http://%s" % (worker.name, worker.address))

    def known(self, worker):
        """Until the registry calls it ready."""
        self.job.beaten, deadline = 0.0, time.monotonic() + KNOWN_SECONDS
        while self.job.registry.node(worker.name).get("state") != "ready":
            if time.monotonic() > deadline:
                raise Refused("%s runs, but the registry does not call it ready after %d s" % (worker.name, KNOWN_SECONDS))
            yield

    def restart(self, name, out):
        found = [process for process in self.job.all() if process.name == name]
        if not found:
            raise Refused("no worker '%s' (expected: one of %s)" % (name, ", ".join(p.name for p in self.job.all())))
        process = found[0]
        drained = [process] if process.role is not None and self.job.has_registry else []
        yield from self.drain(drained, out)
        began = time.monotonic()
        yield from self.finish(process, keep_place=True)
        self.job.begin(process)
        while process.state not in ("ready", "ended"):
            yield
        for worker in drained:
            yield from self.undrain(worker)
            yield from self.known(worker)
        out("%s is back after %.1f s" % (name, time.monotonic() - began))

    def drain(self, workers, out):
        for worker in workers:
            if not self.job.registry.told("POST", "/%s/drain" % worker.name):
                for one in workers:
                    self.job.registry.told("POST", "/%s/undrain" % one.name)
                raise Refused("the registry does not answer, so %s was not drained" % worker.name)
            out("%s is being drained" % worker.name)
        deadline = time.monotonic() + self.job.plan["drain_seconds"]
        for worker in workers:
            yield from self.rest(worker, deadline, out)

    def undrain(self, worker):
        """As soon as the registry answers: it may be being started again."""
        deadline = time.monotonic() + KNOWN_SECONDS
        while not self.job.registry.told("POST", "/%s/undrain" % worker.name):
            if time.monotonic() > deadline:
                raise Refused("the registry does not answer, so %s still gets no turns" % worker.name)
            yield

    def rest(self, worker, deadline, out):
        """Until nothing is under way there on two looks a second apart, or for too long."""
        idle, looked = 0, time.monotonic()
        while idle < 2:
            if time.monotonic() - looked >= 1:
                looked = time.monotonic()
                idle = idle + 1 if self.is_idle(worker) else 0
            if time.monotonic() > deadline:
                out("%s still has turns after %d s; they go on elsewhere" % (worker.name, self.job.plan["drain_seconds"]))
                return
            yield

    def is_idle(self, worker):
        load = self.job.registry.node(worker.name).get("load") or {}
        if (load.get("running") or 0) + (load.get("waiting") or 0) > 0:
            return False
        return not any(turns_at(process, worker.name) for process in self.job.front)

    def finish(self, process, keep_place=False):
        """Ends one process politely."""
        process.state = "leaving"
        ending = process.actor.stop.remote(self.job.plan["stop_seconds"]) if process.actor else None
        while ending is not None and not ray.wait([ending], timeout=0)[0]:
            yield
        self.job.let_go(process)
        if not keep_place:
            self.job.release(process)
