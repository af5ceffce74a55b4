"""Keeps one process: starts it, and ends it with all that came from it when standard input ends.

    python turnpike_keeper.py SECONDS WORD...

Standard input is a pipe whose other end the actor holds, so it ends however the actor does. Then the
process gets SIGTERM, and after SECONDS all that is left of it gets SIGKILL. The keeper is in a session of
its own and no child of the actor, which only sees a process that waits for it: Ray kills an actor's
process group and children with SIGKILL, and that would end the keeper before its work is done. It adopts
what its process leaves behind. Should the keeper itself be killed, its process dies with it.
Exits with the process's code, 128 + the signal that ended it. Linux.
"""
import ctypes
import os
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def descendants():
    """Everything that came from us and still runs."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                children.setdefault(int(parent), []).append(int(name))
    found, ahead = [], [os.getpid()]
    while ahead:
        ahead = [child for parent in ahead for child in children.get(parent, [])]
        found += ahead
    return found


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def end(process, seconds):
    """Politely at first; returns when nothing is left."""
    if process.poll() is None:
        process.terminate()
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
    process.poll()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        left = descendants()
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.poll()
        reap()
        time.sleep(0.05)


def leave(code):
    sys.exit(code if code >= 0 else 128 - code)


def main():
    seconds, command = float(sys.argv[1]), sys.argv[2:]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    keeper = os.fork()
    if keeper:
        leave(os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1]))
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
    except OSError as fault:
        print("%s cannot be started: %s" % (command[0], fault.strerror), flush=True)
        sys.exit(127)
    while process.poll() is None:
        if select.select([0], [], [], 0.2)[0] and not os.read(0, 64):
            break
    end(process, seconds)
    leave(process.returncode if process.returncode is not None else -signal.SIGKILL)


if __name__ == "__main__":
    main()
