"""The process table of macOS, from ps."""

from __future__ import annotations

import subprocess
from typing import Dict, Iterator, Optional, Tuple

Row = Tuple[int, str, int, str, float, int]
_COLUMNS = "pid=,ppid=,state=,time=,rss=,lstart="


def _ps(*arguments: str) -> str:
    done = subprocess.run(["/bin/ps", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode("utf-8", "replace")


def boot_id() -> str:
    """When the kernel booted."""
    done = subprocess.run(["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"], stdout=subprocess.PIPE, check=False)
    return done.stdout.decode().strip()


def _parse(line: str) -> Optional[Row]:
    words = line.split(None, 5)
    if len(words) < 6:
        return None
    seconds = 0.0
    for part in words[3].replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return int(words[0]), words[5].strip(), int(words[1]), words[2][:1], seconds, int(words[4]) * 1024


def row(pid: int) -> Optional[Row]:
    """pid, start, parent, state, CPU seconds, resident bytes."""
    return _parse(_ps("-o", _COLUMNS, "-p", str(pid)))


def rows() -> Iterator[Row]:
    """Every process."""
    _environments.clear()
    for line in _ps("-ax", "-o", "pid=,command=", "-E", "-ww").splitlines():
        words = line.split(None, 1)
        if len(words) == 2:
            _environments[int(words[0])] = words[1]
    for line in _ps("-ax", "-o", _COLUMNS).splitlines():
        found = _parse(line)
        if found is not None:
            yield found


_environments: Dict[int, str] = {}


def carries(pid: int, needle: bytes) -> bool:
    """Whether the environment, as ps shows it for one's own processes, has this NAME=VALUE (as of the last `rows`)."""
    return needle.decode() in _environments.get(pid, "").split(" ")
