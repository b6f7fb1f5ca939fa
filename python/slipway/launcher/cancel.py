"""The stop ladder: SIGTERM, the grace period, SIGKILL, until no process of the job is left."""

from __future__ import annotations

import os
import signal
import time
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import processes, records
from .attempt import Attempt

KILL_LIMIT_S = 5.0
"""How long killed processes may take to vanish (one in an uninterruptible wait may not) before they are reported."""

STRAY_GRACE_S = 2.0
"""What background processes get between SIGTERM and SIGKILL when the command itself has ended."""

DEFAULT_GRACE_S = 30.0


class Ladder:
    """Ends all processes that `find` returns. Call `step` until it returns True; `survivors` are left then."""

    def __init__(self, find: Callable[[], List[processes.Process]], kill_at: float, polite: bool = True) -> None:
        """`kill_at` is on the monotonic clock; with `polite` newly seen processes get SIGTERM until then."""
        self._find = find
        self._kill_at = kill_at
        self._polite = polite
        self._asked: Set[Tuple[int, str]] = set()
        self._killing_since: Optional[float] = None
        self.survivors: List[int] = []
        self.killed = 0

    def step(self) -> bool:
        """One look and one round of signals. True when nothing is left or nothing more can be done."""
        found = self._find()
        if not found and not self._find():  # a fork between two reads of the table is caught by the second look
            return True
        now = time.monotonic()
        if now < self._kill_at:
            if self._polite:
                for process in found:
                    if (process.pid, process.start) not in self._asked:
                        self._asked.add((process.pid, process.start))
                        processes.send(process, signal.SIGTERM)
            return False
        if self._killing_since is None:
            self._killing_since = now
        if now - self._killing_since > KILL_LIMIT_S:
            self.survivors = [process.pid for process in found]
            return True
        self._freeze_and_kill(found)
        return False

    def _freeze_and_kill(self, found: List[processes.Process]) -> None:
        """Stops all before killing any, so that a program which forks faster than it is killed cannot outrun this."""
        frozen: Set[Tuple[int, str]] = set()
        for _ in range(20):
            fresh = [process for process in found if (process.pid, process.start) not in frozen]
            if not fresh:
                break
            for process in fresh:
                frozen.add((process.pid, process.start))
                processes.send(process, signal.SIGSTOP)
            found = self._find()
        for process in found:
            processes.send(process, signal.SIGKILL)
        self.killed += len(found)


def request(attempt: Attempt, grace_s: Optional[float]) -> None:
    """Asks the attempt's agent to stop the job. On a full disk an empty file asks (with the specification's grace)."""
    try:
        records.write_json(attempt.cancel_file, {"grace_s": grace_s})
    except OSError as error:
        if error.errno not in records.NO_SPACE:
            raise
        os.close(os.open(attempt.cancel_file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def requested(attempt: Attempt) -> bool:
    """Whether somebody asked for the job to be stopped."""
    return os.path.exists(attempt.cancel_file)


def grace_asked(attempt: Attempt, spec: Dict[str, Any]) -> float:
    """Seconds between SIGTERM and SIGKILL: the request's, else the specification's, else 30."""
    asked = records.read_json(attempt.cancel_file)
    for source in (asked, spec):
        grace = source.get("grace_s") if isinstance(source, dict) else None
        if isinstance(grace, (int, float)) and grace >= 0:
            return float(grace)
    return DEFAULT_GRACE_S


def begin(attempt: Attempt, reason: str, grace_s: float) -> Dict[str, Any]:
    """Notes that the job is being stopped and why, before the first signal; an agent that restarts goes on with it."""
    stop = {"reason": reason, "grace_s": grace_s, "kill_at": time.monotonic() + grace_s, "boot_id": processes.boot_id()}
    try:
        records.write_json(attempt.stop_file, stop)
    except OSError as error:
        if error.errno not in records.NO_SPACE:
            raise
    return stop


def under_way(attempt: Attempt) -> Optional[Dict[str, Any]]:
    """The stop that was begun in this boot, if any."""
    stop = records.read_json(attempt.stop_file)
    return stop if isinstance(stop, dict) and stop.get("boot_id") == processes.boot_id() else None
