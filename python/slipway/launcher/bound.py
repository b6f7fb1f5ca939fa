"""How many processes a job may have, where this machine lets that be set: a program that forks without end must leave
room for those who end it, and for the jobs beside it."""

from __future__ import annotations

import hashlib
import os
from typing import Any, Callable, Dict, List, Optional

_SHARE = 2
"""A job gets one part in so many of what its launcher could have."""


class Bound:
    """A control group of the job's own for the pids controller (version 1, or 2 where it is handed on)."""

    def __init__(self, marker: str) -> None:
        self._name = _name(marker)
        self._folder: Optional[str] = None
        self._limit = 0

    def entrance(self) -> Optional[Callable[[], None]]:
        """Makes the group; what it returns is to be called in the new process. None where no group can be had."""
        parent = _own_group()
        if parent is None:
            return None
        folder = os.path.join(parent, self._name)
        try:
            os.mkdir(folder)
            limits = [limit for limit in (_number(path) for path in _limits(parent)) if limit]
            self._limit = min(limits) // _SHARE
            with open(os.path.join(folder, "pids.max"), "w") as file:
                file.write(str(self._limit))
        except (OSError, ValueError):
            _remove(folder)
            return None
        self._folder = folder
        return self._enter

    def _enter(self) -> None:
        try:
            with open(os.path.join(str(self._folder), "cgroup.procs"), "w") as file:
                file.write("0")
        except OSError:
            pass  # unbounded is better than not started

    def evidence(self) -> Dict[str, Any]:
        """The bound and how many starts it refused, where it refused any."""
        if self._folder is None:
            return {}
        refused = _refused(os.path.join(self._folder, "pids.events"))
        return {"processes": {"limit": self._limit, "refused": refused}} if refused else {}

    def remove(self) -> None:
        """Takes the group away; one that is not empty stays."""
        if self._folder is not None:
            _remove(self._folder)


def discard(marker: str) -> None:
    """Takes the group of an attempt away whose keeper is gone; nothing of the job may be left."""
    parent = _own_group()
    if parent is not None:
        _remove(os.path.join(parent, _name(marker)))


def _name(marker: str) -> str:
    return "slipway-" + hashlib.sha256(marker.encode()).hexdigest()[:16]


def _own_group() -> Optional[str]:
    try:
        with open("/proc/self/cgroup") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if "pids" in controllers.split(","):
            return _there(["/sys/fs/cgroup/pids" + path, "/sys/fs/cgroup/pids"])
        if number == "0" and len(lines) == 1:
            return _there(["/sys/fs/cgroup" + path])
    return None


def _there(folders: List[str]) -> Optional[str]:
    return next((folder for folder in folders if os.path.exists(os.path.join(folder, "cgroup.procs"))), None)


def _limits(group: str) -> List[str]:
    return [os.path.join(group, "pids.max"), "/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"]


def _number(path: str) -> int:
    try:
        with open(path) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0  # "max", or not there


def _refused(path: str) -> int:
    try:
        with open(path) as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("max "))
    except (OSError, ValueError, IndexError):
        return 0


def _remove(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        pass
