"""Processes by pid and start time, and every process of a job wherever it fled to.

A job's processes are found by the marker in their environment (it survives setsid and double forks) and by descent
(which survives a cleared environment). A pid alone is never trusted: the start time must match before a signal.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Dict, Iterable, List, NamedTuple, Optional, Set

if sys.platform == "darwin":
    from . import processes_darwin as _system
else:
    from . import processes_linux as _system

MARKER = "SLIPWAY_JOB_MARKER"


class Process(NamedTuple):
    """One row of the process table. `start` is opaque: equal for the same process, different for another."""

    pid: int
    start: str
    parent: int
    state: str
    cpu_seconds: float
    memory_bytes: int


def boot_id() -> str:
    """Changes whenever the machine (or the container that is pid 1) restarts."""
    return _system.boot_id()


def table() -> Dict[int, Process]:
    """All processes that can be seen now."""
    return {row[0]: Process(*row) for row in _system.rows()}


def start_of(pid: int) -> Optional[str]:
    """Start time of a living process; None where it is gone or only a zombie is left."""
    row = _system.row(pid)
    return None if row is None or row[3] in ("Z", "X") else str(row[1])


def is_alive(pid: object, start: object) -> bool:
    """Whether exactly that process still runs."""
    return isinstance(pid, int) and start_of(pid) == start


def identity(pid: Optional[int] = None) -> Dict[str, object]:
    """{"pid","start"} of a process (by default this one)."""
    pid = os.getpid() if pid is None else pid
    return {"pid": pid, "start": start_of(pid)}


def members(marker: str, roots: Iterable[int] = (), without: Iterable[int] = ()) -> List[Process]:
    """Living processes of the job: the marked ones, `roots`, and the descendants of either.

    `without` (and this process) are never members; as roots they still lend their other descendants.
    """
    rows = table()
    excluded = {os.getpid(), *without}
    children: Dict[int, List[int]] = {}
    for row in rows.values():
        children.setdefault(row.parent, []).append(row.pid)
    needle = ("%s=%s" % (MARKER, marker)).encode()
    found: Set[int] = {pid for pid in rows if pid not in excluded and _system.carries(pid, needle)}
    queue = [*found, *(pid for pid in roots if pid in rows)]
    found.update(pid for pid in queue if pid not in excluded)
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found and child not in excluded:
                found.add(child)
                queue.append(child)
    return [rows[pid] for pid in sorted(found) if rows[pid].state not in ("Z", "X")]


def send(process: Process, number: int) -> bool:
    """Signals exactly that process; False where it may not be signalled."""
    if start_of(process.pid) != process.start:
        return True
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        return False
    return True


def signal_name(number: int) -> str:
    """`SIGKILL` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIG%d" % number
