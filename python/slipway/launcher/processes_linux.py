"""The process table of Linux, from /proc."""

from __future__ import annotations

import os
from typing import Iterator, Optional, Tuple

Row = Tuple[int, str, int, str, float, int]
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def boot_id() -> str:
    """The kernel's boot id and the start of pid 1 (a restarted container keeps the former)."""
    with open("/proc/sys/kernel/random/boot_id") as file:
        kernel = file.read().strip()
    first = row(1)
    return "%s/%s" % (kernel, first[1] if first else "?")


def row(pid: int) -> Optional[Row]:
    """pid, start, parent, state, CPU seconds (its waited-for children included), resident bytes."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            text = file.read()
    except OSError:
        return None
    fields = text[text.rfind(b")") + 2 :].split()  # the name may hold anything, parentheses too
    if len(fields) < 22:
        return None
    cpu = sum(int(field) for field in fields[11:15]) / _TICKS
    return pid, fields[19].decode(), int(fields[1]), fields[0].decode(), cpu, int(fields[21]) * _PAGE


def rows() -> Iterator[Row]:
    """Every process; those that vanish meanwhile are left out."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            found = row(int(name))
            if found is not None:
                yield found


def carries(pid: int, needle: bytes) -> bool:
    """Whether the environment that the process was started with has exactly this NAME=VALUE."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as file:
            environment = file.read()
    except OSError:
        return False
    return needle in environment and needle in environment.split(b"\0")
