"""The link's output: a four-byte length, a JSON header, then as many bytes as the header's `len` says."""

from __future__ import annotations

import json
import os
import struct
import threading
from typing import Any, Dict

from .records import write_all


class FrameWriter:
    """Writes frames to a file descriptor. A full pipe blocks the caller: that is the backpressure."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def send(self, header: Dict[str, Any], payload: bytes = b"") -> None:
        """One frame, never interleaved with another's."""
        if payload:
            header = dict(header, len=len(payload))
        text = json.dumps(header, separators=(",", ":")).encode()
        with self._lock:
            if len(payload) > 65536:
                write_all(self._fd, struct.pack(">I", len(text)) + text)
                write_all(self._fd, payload)
            else:
                write_all(self._fd, struct.pack(">I", len(text)) + text + payload)


def read_frame(fd: int) -> Any:
    """(header, payload) of the next frame, or None at the end. Used by tests and diagnostics."""
    head = _exactly(fd, 4)
    if head is None:
        return None
    text = _exactly(fd, struct.unpack(">I", head)[0])
    if text is None:
        return None
    header = json.loads(text.decode())
    payload = _exactly(fd, header.get("len", 0))
    return None if payload is None else (header, payload)


def _exactly(fd: int, count: int) -> Any:
    parts = []
    while count:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
