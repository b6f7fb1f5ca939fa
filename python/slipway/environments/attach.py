"""A debugger for Python programs that were not started for one: debugpy is put into the running process by ptrace.

Linux only, and only where the kernel lets one process of a user look into another: what stands against it is said before
anything is tried. A program that was reached leaves the same note as one that listens from its first line.
"""

import glob
import json
import os
import shutil
import socket
import sys
import time

from slipway.environments.debugger import ensure_debugger
from slipway.environments.failure import Failure
from slipway.environments.process import run

_MARKER = "SLIPWAY_JOB_MARKER"
_SCOPE = "/proc/sys/kernel/yama/ptrace_scope"
_CAP_SYS_PTRACE = 19
#: Seconds that an injection may take: gdb reads the symbols of every library of the program.
_LIMIT_S = 90
_DEBUG = "Submit the job with debug: true (F5, or `slipway job create --debugger`): then its programs listen from the start."


def attach(root, request, log):
    """Makes the job's running Python programs (all, or `request["pid"]`) listen, and returns their pids."""
    if not sys.platform.startswith("linux"):
        raise Failure("forbidden", "A running program can only be attached to on Linux", next_step=_DEBUG)
    folder, wanted = request["folder"], request.get("pid")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    _forget_ended(folder)
    programs = _python_programs(request["marker"])
    if wanted is not None:
        programs = [program for program in programs if program[0] == wanted]
    if not programs:
        which = "no Python program runs in it now" if wanted is None else "no Python program of it has the pid %d" % wanted
        raise Failure("conflict", "There is nothing to attach to in this job: %s" % which, next_step="Look at its log.")
    for pid, arguments in programs:
        if not os.path.exists(_note_path(folder, pid)):
            refusal = refusal_for(_facts_of(pid))
            if refusal is not None:
                raise Failure("forbidden", "The program %d cannot be attached to: %s" % (pid, refusal[0]), next_step=refusal[1])
            _inject(root, request, folder, pid, arguments, log)
    return {"pids": [pid for pid, _arguments in programs]}


def refusal_for(facts):
    """(reason, next step) why a program cannot be attached to; None when it can, as far as that can be told beforehand."""
    if facts["container"]:
        return "it runs in a container, and the debugger lies outside of it", _DEBUG
    if facts["owner"] != facts["user"] and not facts["may_trace_all"]:
        return "it belongs to another user (uid %d, and this is %d)" % (facts["owner"], facts["user"]), _DEBUG
    if facts["scope"] == 3:
        return "this machine forbids ptrace altogether (%s is 3)" % _SCOPE, _DEBUG
    if facts["scope"] > 0 and not facts["may_trace_all"]:
        reason = "this machine lets only a parent trace a process (%s is %d)" % (_SCOPE, facts["scope"])
        return reason, "An administrator can allow it until the next boot: `sysctl kernel.yama.ptrace_scope=0`. " + _DEBUG
    if not facts["gdb"] and not facts["has_remote_exec"]:
        return "gdb, by which debugpy enters a process, is not installed", "Install gdb on the machine. " + _DEBUG
    return None


def _facts_of(pid):
    return {
        "owner": os.stat("/proc/%d" % pid).st_uid,
        "user": os.geteuid(),
        "may_trace_all": _has_capability(_CAP_SYS_PTRACE),
        "scope": _ptrace_scope(),
        "gdb": shutil.which("gdb") is not None,
        "has_remote_exec": _version_of(pid) >= (3, 14),
        "container": _link("/proc/%d/ns/mnt" % pid) not in ("", _link("/proc/self/ns/mnt")),
    }


def _ptrace_scope():
    try:
        with open(_SCOPE) as file:
            return int(file.read())
    except (OSError, ValueError):
        # A kernel without that module has the classic rule: same user.
        return 0


def _has_capability(number):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("CapEff:"):
                return bool(int(line.split()[1], 16) >> number & 1)
    return False


def _version_of(pid):
    name = os.path.basename(_link("/proc/%d/exe" % pid))
    parts = name[len("python") :].split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else (0,)


def _python_programs(marker):
    """(pid, command line) of the job's living Python programs, the oldest first. The launcher's own are none of them."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or not os.path.basename(_link("/proc/%s/exe" % name)).startswith("python"):
            continue
        environment, arguments = _fields("/proc/%s/environ" % name), _fields("/proc/%s/cmdline" % name)
        if "%s=%s" % (_MARKER, marker) in environment and not any(
            "debugpy" in argument or "pydevd" in argument for argument in arguments[1:]
        ):
            found.append((int(name), arguments))
    return sorted(found)


def _inject(root, request, folder, pid, arguments, log):
    python = os.path.realpath("/proc/%d/exe" % pid)
    debugpy = ensure_debugger(root, dict(request, base=python), log)["folder"]
    # debugpy is told a port and cannot be asked for one; should another program be quicker, the next port is tried.
    words = ""
    for _attempt in range(3):
        port = _free_port()
        env = dict(os.environ, PYTHONPATH=debugpy, PYDEVD_DISABLE_FILE_VALIDATION="1")
        address = "127.0.0.1:%d" % port
        log.line("Attaching to the program %d: %s" % (pid, " ".join(arguments)))
        argv = [python, "-S", "-m", "debugpy", "--listen", address, "--pid", str(pid)]
        code, words = run(argv, env=env, cwd=folder, log=log, timeout=_LIMIT_S)
        if code == 0 and _listens(pid, port):
            return _note(folder, pid, port, arguments)
        if code != 0:
            break
    if "Operation not permitted" in words or "ptrace:" in words:
        raise Failure("forbidden", "The machine does not let the program %d be traced" % pid, words, _DEBUG)
    raise Failure("conflict", "The debugger did not get into the program %d" % pid, words, _DEBUG)


def _listens(pid, port):
    """Whether the debugger has opened its port. The program itself may have to wake up for that."""
    end = time.monotonic() + 20
    while time.monotonic() < end and os.path.exists("/proc/%d" % pid):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _note_path(folder, pid):
    return os.path.join(folder, "%d.json" % pid)


def _note(folder, pid, port, arguments):
    note = {"pid": pid, "host": "127.0.0.1", "port": port, "program": arguments, "at": int(time.time() * 1000)}
    path = _note_path(folder, pid)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(note, file)
    os.replace(path + ".new", path)


def _forget_ended(folder):
    """A program that was attached to cannot take its note away at its end."""
    for path in glob.glob(os.path.join(glob.escape(folder), "*.json")):
        pid = os.path.basename(path)[: -len(".json")]
        if not os.path.exists("/proc/" + pid):
            os.unlink(path)


def _fields(path):
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read()).rstrip("\0").split("\0")
    except OSError:
        return []


def _link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""
