"""A client whose connection broke sends its call again. What the former agent stored but may not have answered
is recognised here, so that the call is answered now and not stored twice."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Any, Dict, Optional, Tuple

KEPT = 64
VALID_S = 120.0
"""MLflow's client gives up after about two minutes of retries."""


def digest(text: str) -> str:
    """Short hash of a body as it was sent."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Repeats:
    """The last calls of a former agent. Each is recognised once, for a while after this agent's start."""

    def __init__(self) -> None:
        self._calls: Dict[Tuple[str, str, str], Dict[str, Any]] = {}
        self._until = time.monotonic() + VALID_S
        self._lock = threading.Lock()

    def add(self, entry: Dict[str, Any]) -> None:
        """Called for the journal's last entries, oldest first, when an agent starts."""
        if "body" in entry:
            self._calls[(entry["method"], entry["path"], entry.get("asked") or digest(entry["body"]))] = entry

    def take(self, method: str, path: str, text: str) -> Optional[Dict[str, Any]]:
        """The stored entry of this very call, if the former agent may have left it unanswered."""
        if not self._calls:
            return None
        with self._lock:
            if time.monotonic() > self._until:
                self._calls.clear()
                return None
            return self._calls.pop((method, path, digest(text)), None)
