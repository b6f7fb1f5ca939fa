"""The few system calls that Python's standard library has no name for. Each does nothing where it cannot be had."""

from __future__ import annotations

import ctypes
import os
import sys

_SET_CHILD_SUBREAPER = 36
_SET_NAME = 15


def _prctl(option: int, argument: object) -> None:
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def adopt_orphans() -> None:
    """Descendants that lose their parent become children of this process: a double fork does not escape it."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def set_name(name: str) -> None:
    """The name that ps and top show (at most 15 bytes)."""
    _prctl(_SET_NAME, ctypes.c_char_p(name.encode()[:15]))


def disk_free_bytes(path: str) -> int:
    """Bytes that an ordinary user may still write where `path` is."""
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize
