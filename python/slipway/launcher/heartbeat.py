"""A sign of life every two seconds."""

from __future__ import annotations

import time

from . import processes, records
from .attempt import Attempt

INTERVAL_S = 2.0


class Heartbeat:
    """Writes heartbeat.json when it is due. Not flushed to the disk: the next one replaces it, a reboot voids it."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._boot_id = processes.boot_id()
        last = records.read_json(attempt.heartbeat_file)
        self._seq = int(last["seq"]) if isinstance(last, dict) and isinstance(last.get("seq"), int) else 0
        self._due = 0.0

    def tick(self) -> None:
        """Writes if it is time; a full disk only silences it."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + INTERVAL_S
        self._seq += 1
        beat = {"seq": self._seq, "at": int(time.time() * 1000), "boot_id": self._boot_id}
        try:
            records.write_json(self._attempt.heartbeat_file, beat, durable=False)
        except OSError:
            pass
