"""What the job uses: CPU, memory and GPUs, one line of samples.jsonl at a time."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import gpus, native, processes, records
from .attempt import Attempt


class Sampler:
    """Appends a sample at every interval. `cpu_percent` is of one core: 250 means two and a half busy cores."""

    def __init__(self, attempt: Attempt, spec: Dict[str, Any], members: Callable[[], List[processes.Process]]) -> None:
        self._attempt = attempt
        self._members = members
        self._interval = max(0.1, float(spec.get("sample_interval_s") or 5))
        self._last: Optional[float] = None
        self._cpu: Dict[Tuple[int, str], float] = {}
        self._total = memory_limit_bytes()
        wanted = spec.get("gpus")
        self._gpus = gpus.Monitor(wanted) if wanted != [] else None

    def start(self) -> None:
        """Samples from now on, in a thread of its own: a driver that hangs must not delay a cancel."""
        threading.Thread(target=self._run, name="samples", daemon=True).start()

    def _run(self) -> None:
        time.sleep(min(1.0, self._interval))
        while True:
            self.take()
            time.sleep(self._interval)

    def take(self) -> None:
        """Writes one sample now. One that cannot be taken or written is left out, never the job's trouble."""
        try:
            sample = self._measure()
            line = (json.dumps(sample, separators=(",", ":")) + "\n").encode()
            append_line(self._attempt.samples_file, line)
        except OSError:
            pass

    def _measure(self) -> Dict[str, Any]:
        now = time.monotonic()
        found = self._members()
        cpu = {(process.pid, process.start): process.cpu_seconds for process in found}
        spent = sum(max(0.0, seconds - self._cpu.get(who, 0.0)) for who, seconds in cpu.items())
        memory = sum(process.memory_bytes for process in found)
        percent = 0.0 if self._last is None or now <= self._last else 100.0 * spent / (now - self._last)
        self._cpu, self._last = cpu, now
        return {
            "at": int(time.time() * 1000),
            "cpu_percent": round(percent, 1),
            "memory_bytes": memory,
            "memory_percent": round(100.0 * memory / self._total, 2) if self._total else 0.0,
            "gpu": self._gpus.sample() if self._gpus is not None else [],
            "disk_free_bytes": native.disk_free_bytes(self._attempt.folder),
        }


def append_line(path: str, line: bytes) -> None:
    """Appends a whole line or nothing: half a line (full disk) is taken back."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(fd).st_size
        try:
            records.write_all(fd, line)
        except OSError:
            os.ftruncate(fd, size)
            raise
    finally:
        os.close(fd)


def memory_bytes() -> int:
    """The machine's memory."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def memory_limit_bytes() -> int:
    """The machine's memory, or the container's limit where that is lower."""
    total = memory_bytes()
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path) as file:
                limit = int(file.read())
        except (OSError, ValueError):
            continue
        if 0 < limit < total or not total:
            return limit
    return total
