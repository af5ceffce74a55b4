"""Places on the nodes of a cluster: all workers of a job at once, and later one more."""
import json
import random
import time

import ray
from ray.util.placement_group import placement_group, placement_group_table, remove_placement_group

from turnpike_words import say

PLACE_SECONDS = 20


class Cluster:
    """Places on the nodes."""

    def __init__(self, stopping, meanwhile):
        self.stopping, self.meanwhile = stopping, meanwhile
        self.head = ray.get_runtime_context().get_node_id()

    def nodes(self):
        return {node["NodeID"]: node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]}

    def place_all(self, groups):
        """Places for all workers of all groups at once; {name: pinned group}."""
        waits = 0.0
        while not self.stopping.is_set():
            tries = {role: placement_group([p.bundle() for p in workers], strategy)
                     for role, (strategy, workers) in groups.items()}
            missing = self.pending(tries, PLACE_SECONDS)
            if not missing:
                pinned = self.pin_all(groups, tries)
                if pinned is not None:
                    return pinned
            else:
                [remove_placement_group(group) for group in tries.values()]
                say("waiting", **{"for": "; ".join(self.wish(role, *groups[role]) for role in missing), "free": self.free()})
            waits = min(15.0, waits + 5.0)
            self.stopping.wait(random.uniform(waits / 2, waits))
        return None

    def pending(self, groups, seconds):
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set() and time.monotonic() < deadline:
            if all(group.wait(0.2) for group in groups.values()):
                return []
            self.meanwhile()
        return [role for role, group in groups.items() if not group.wait(0.1)]

    def pin_all(self, groups, tries):
        """Ray has chosen the nodes; now each worker gets a group of its own there, which can be given back alone."""
        where = {}
        for role, (_, workers) in groups.items():
            chosen = placement_group_table(tries[role])["bundles_to_node_id"]
            for index, worker in enumerate(workers):
                where[worker.name] = chosen[index]
        [remove_placement_group(group) for group in tries.values()]
        pinned = {worker.name: self.pinned(worker, where[worker.name])
                  for _, workers in groups.values() for worker in workers}
        if self.pending({name: group for name, (group, _) in pinned.items()}, PLACE_SECONDS):
            [remove_placement_group(group) for group, _ in pinned.values()]
            return None
        return pinned

    def pinned(self, worker, node):
        address = self.nodes().get(node, "gone")
        return placement_group([{**worker.bundle(), "node:" + address: 0.001}], "STRICT_PACK"), node

    def place_one(self, worker, strategy, others, seconds):
        """A place for one more; (group, node), or None when there is none now."""
        counts = {node: sum(1 for o in others if o.pin == node) for node in self.nodes() if self.could_hold(worker, node)}
        order = sorted(counts, key=lambda node: counts[node], reverse=strategy == "PACK")
        if strategy == "STRICT_SPREAD":
            order = [node for node in order if not counts[node]]
        for node in order:
            group, _ = self.pinned(worker, node)
            if not self.pending({worker.name: group}, seconds):
                return group, node
            remove_placement_group(group)
        return None

    @staticmethod
    def could_hold(worker, node):
        """Whether a node has that much in all: asking it for more would only take time."""
        has = next((one["Resources"] for one in ray.nodes() if one["NodeID"] == node), {})
        return all(has.get(name, 0) >= count for name, count in worker.bundle().items())

    def wish(self, role, strategy, workers):
        return "%s: %d x %s, %s" % (role, len(workers), json.dumps(workers[0].bundle()), strategy)

    def free(self):
        def numbers(resources):
            return {name: value for name, value in sorted(resources.items())
                    if not name.startswith(("node:", "object_store", "memory")) and "_group_" not in name}
        return {"now": numbers(ray.available_resources()), "in all": numbers(ray.cluster_resources())}
