"""The actors of a job: one that keeps a process on its node, and one that takes orders."""
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request

import ray

LOG_LINES = 20
KEEPER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "turnpike_keeper.py")


@ray.remote(num_cpus=0, max_restarts=-1)
class Desk:
    """Where orders are handed in: a driver has no other door that the dashboard leads to."""

    def __init__(self):
        self.waiting, self.lines, self.ends = [], {}, {}

    def put(self, words):
        number = len(self.lines) + 1
        self.lines[number] = []
        self.waiting.append((number, words))
        return number

    def take(self):
        return self.waiting.pop(0) if self.waiting else None

    def say(self, number, line):
        self.lines[number].append(line)

    def end(self, number, fault):
        self.ends[number] = fault

    def said(self, number, read):
        return self.lines[number][read:], self.ends.get(number)


@ray.remote(max_restarts=0, max_task_retries=0)
class Keeper:
    """One process on the node of this actor. Its output is the actor's own."""

    def __init__(self):
        self.process, self.sockets = None, []

    def place(self, ports, before):
        """Takes ports for the names in ports: {name: {"fixed": n or None, "count": n}}."""
        host, taken = ray.util.get_node_ip_address(), {}

        def bound(port):
            one = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            try:
                one.bind((host, port))
            except OSError:
                one.close()
                raise
            return one

        def run(count):
            for _ in range(100):
                group = [bound(0)]
                first = group[0].getsockname()[1]
                try:
                    group += [bound(first + i) for i in range(1, count)]
                    return first, group
                except (OSError, OverflowError):
                    [one.close() for one in group]
            raise OSError("no %d free ports in a row" % count)

        for name, want in ports.items():
            fixed = want.get("fixed") or before.get(name)
            if fixed:
                taken[name] = fixed
            else:
                taken[name], group = run(want.get("count", 1))
                self.sockets += group
        return {"host": host, "node": ray.get_runtime_context().get_node_id(), "ports": taken,
                "actor": ray.get_runtime_context().get_actor_id()}

    def start(self, command, env, seconds):
        [one.close() for one in self.sockets]
        self.sockets = []
        own = dict(os.environ)
        own.pop("OMP_NUM_THREADS", None)  # Ray's, for its own tasks.
        self.process = subprocess.Popen(
            [sys.executable, KEEPER, str(seconds)] + command,
            stdin=subprocess.PIPE, start_new_session=True, env={**own, **env})
        return self.process.pid

    def look(self, url):
        """[state, last line, exit code]; the state is starting, ready or ended."""
        code = self.process.poll()
        if code is not None:
            self.sweep()
            return ["ended", self.tail(LOG_LINES), code]
        return ["ready" if self.answers(url) else "starting", self.tail(1), None]

    def answers(self, url):
        try:
            if " " in url:
                return any(self.answers(one) for one in url.split())
            if url.startswith("tcp://"):
                host, port = url[len("tcp://"):].rsplit(":", 1)
                socket.create_connection((host.strip("[]"), int(port)), 2).close()
                return True
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except (OSError, ValueError):
            return False

    def tail(self, lines):
        sys.stdout.flush()
        if not stat.S_ISREG(os.fstat(1).st_mode):
            return []
        try:
            with open("/proc/self/fd/1", "rb") as file:
                file.seek(0, 2)
                file.seek(max(0, file.tell() - 65536))
                text = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return []
        return [line for line in text if not line.startswith(":")][-lines:]

    def sweep(self):
        """Should the keeper have been killed: nobody else is in its session."""
        for name in os.listdir("/proc"):
            try:
                if name.isdigit() and os.getsid(int(name)) == self.process.pid:
                    os.kill(int(name), signal.SIGKILL)
            except OSError:
                pass

    def stop(self, seconds):
        """Returns when nothing is left of the process."""
        if self.process is None:
            return None
        self.process.stdin.close()
        try:
            self.process.wait(seconds + 15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep()
        return self.process.returncode
