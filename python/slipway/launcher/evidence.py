"""What can be known about how a command ended: exit code or signal, why, and whether memory ran out."""

from __future__ import annotations

import os
import signal
from typing import Any, Dict, List, Optional, Tuple

from . import cancel, native, processes
from .attempt import Attempt


def ending(status: Optional[int]) -> Tuple[Optional[int], Optional[str]]:
    """Exit code and signal name of a wait status; exactly one is set unless there was no process."""
    if status is None:
        return None, None
    if os.WIFSIGNALED(status):
        return None, processes.signal_name(os.WTERMSIG(status))
    return os.WEXITSTATUS(status), None


def reason(
    attempt: Attempt, spec: Dict[str, Any], stop: Optional[Dict[str, Any]], name: Optional[str], seconds: float
) -> str:
    """Why the command ended: by a stop that was begun, else by itself."""
    if stop:
        return str(stop["reason"])
    if name in ("SIGTERM", "SIGKILL"):  # a full disk may have kept the agent from noting the stop
        timeout = spec.get("timeout_s")
        if cancel.requested(attempt):
            return "canceled"
        if timeout is not None and seconds >= timeout:
            return "timeout"
    return "exited"


def usage(spent: Any) -> Dict[str, Any]:
    """CPU seconds and peak memory of the command and the children it waited for."""
    if spent is None:
        return {}
    scale = 1 if os.uname().sysname == "Darwin" else 1024
    return {"cpu_s": round(spent.ru_utime + spent.ru_stime, 3), "max_rss_bytes": spent.ru_maxrss * scale}


def disk(folder: str) -> Dict[str, Any]:
    """Free space where the command worked: a command that failed with next to none left most likely failed for it."""
    try:
        return {"disk_free_bytes": native.disk_free_bytes(folder)}
    except OSError:
        return {}


class MemoryWatch:
    """Counts the kernel's out-of-memory kills before and after, in the job's control groups and on the machine."""

    def __init__(self) -> None:
        self._groups: Dict[str, int] = {}
        self._machine: Optional[int] = None

    def begin(self) -> None:
        """Takes the machine's count before the command starts."""
        self._machine = _machine_kills()

    def watch(self, pid: int) -> None:
        """Takes the counts of the control groups that `pid` is in."""
        for path in _group_files(pid):
            count = _group_kills(path)
            if count is not None:
                self._groups[path] = count

    def verdict(self, code: Optional[int], name: Optional[str], why: str) -> Optional[Dict[str, Any]]:
        """Evidence of an out-of-memory kill, or None.

        `source` says how sure it is: `cgroup` (a counter of the job's own group grew), `machine` (the command died by
        SIGKILL that nobody here sent while the machine's counter grew).
        """
        for path, before in self._groups.items():
            after = _group_kills(path)
            if after is not None and after > before:
                return {"source": "cgroup", "kills": after - before, "counter": path}
        killed = name == "SIGKILL" or code == 128 + signal.SIGKILL
        now = _machine_kills()
        if killed and why == "exited" and now is not None and self._machine is not None and now > self._machine:
            return {"source": "machine", "kills": now - self._machine, "counter": "/proc/vmstat oom_kill"}
        return None


def _read_count(path: str, key: str) -> Optional[int]:
    try:
        with open(path) as file:
            for line in file:
                words = line.split()
                if len(words) == 2 and words[0] == key:
                    return int(words[1])
    except (OSError, ValueError):
        pass
    return None


def _machine_kills() -> Optional[int]:
    return _read_count("/proc/vmstat", "oom_kill")


def _group_kills(path: str) -> Optional[int]:
    return _read_count(path, "oom_kill")


def _group_files(pid: int) -> List[str]:
    """Files that count kills for the memory control group of `pid` (version 1 and 2)."""
    files = []
    try:
        with open("/proc/%d/cgroup" % pid) as file:
            lines = file.read().splitlines()
    except OSError:
        return []
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if number == "0":
            roots, leaf = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"], "memory.events"
        elif "memory" in controllers.split(","):
            roots, leaf = ["/sys/fs/cgroup/memory"], "memory.oom_control"
        else:
            continue
        for root in roots:
            for base in (root + path, root):
                candidate = os.path.join(base, leaf)
                if os.path.exists(candidate) and candidate not in files:
                    files.append(candidate)
                    break
    return files
