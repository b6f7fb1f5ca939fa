"""One watched attempt: what of its files has been delivered, and what comes next."""

from __future__ import annotations

import os
import re
import time
from typing import Any, Dict, List, Optional, Set

from . import records
from .attempt import Attempt
from .frames import FrameWriter
from .tail import Tail

_LOG_NAME = re.compile(r"std_log_process_(\d+)\.txt\Z")
_LOSS_CHECK_S = 0.5


class Watch:
    """Delivers one attempt's files from the offsets that the engine holds. `over` is True after the exit frame."""

    def __init__(self, order: Dict[str, Any], out: FrameWriter) -> None:
        self.folder = str(order["dir"])
        self._attempt = Attempt(self.folder)
        self._out = out
        offsets = order.get("log") or {}
        self._log_offsets = {int(rank): int(offset) for rank, offset in offsets.items()}
        self._logs: Dict[int, Tail] = {}
        self._journal = Tail(self._attempt.journal_file, int(order.get("journal") or 0), True)
        self._samples = Tail(self._attempt.samples_file, int(order.get("samples") or 0), True)
        self._mark_gone = bool(order.get("mark_gone"))
        self._requests: Set[int] = set()
        self._asked: List[int] = []
        self._marks: Dict[str, Any] = {}
        self._beat: Any = None
        self._exit: Optional[Dict[str, Any]] = None
        self._loss_due = 0.0
        self._loss_seen = False
        self.over = False

    def step(self) -> bool:
        """Delivers at most one chunk of each file. True when something was sent."""
        if not os.path.isdir(self.folder):
            self._send("error", message="no such folder")
            self.over = True
            return True
        if self._exit is None:
            self._exit = records.read_json(self._attempt.exit_file)  # before the files are read: they are final then
        sent = self._state()
        sent = self._log_files() or sent
        self._look_for_requests()
        journal_sent = self._lines("journal", self._journal)
        sent = self._lines("samples", self._samples) or journal_sent or sent
        if self._asked:
            if self._journal.next():
                return True  # what the program logged before it asked comes first
            self._send_requests()
            sent = True
        sent = self._heartbeat() or sent
        if not sent:
            self._end()
        return sent or self.over

    def _send(self, kind: str, payload: bytes = b"", **facts: Any) -> None:
        self._out.send({"t": kind, "dir": self.folder, **facts}, payload)

    def _changed(self, path: str) -> bool:
        try:
            stat = os.stat(path)
            mark: Any = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        except OSError:
            mark = None
        if mark is None or self._marks.get(path) == mark:
            return False
        self._marks[path] = mark
        return True

    def _state(self) -> bool:
        if not self._changed(self._attempt.state_file):
            return False
        state = records.read_json(self._attempt.state_file)
        if state is None:
            return False
        self._send("state", state=state)
        return True

    def _log_files(self) -> bool:
        if self._changed(self._attempt.logs):
            for name in os.listdir(self._attempt.logs):
                match = _LOG_NAME.match(name)
                if match and int(match.group(1)) not in self._logs:
                    rank = int(match.group(1))
                    offset = self._log_offsets.get(rank, 0)
                    self._logs[rank] = Tail(os.path.join(self._attempt.logs, name), offset, False)
        sent = False
        for rank in sorted(self._logs):
            tail = self._logs[rank]
            data = tail.next()
            if data:
                self._send("log", data, rank=rank, offset=tail.offset)
                tail.took(data)
                sent = True
        return sent

    def _lines(self, kind: str, tail: Tail) -> bool:
        data = tail.next()
        if not data:
            return False
        self._send(kind, data, offset=tail.offset)
        tail.took(data)
        return True

    def _look_for_requests(self) -> None:
        try:
            stamp = os.stat(self._attempt.requests).st_mtime_ns
        except OSError:
            return
        if self._marks.get("requests") == stamp and abs(time.time_ns() - stamp) > 100_000_000:
            return  # unchanged, and not so recently changed that two changes could share a stamp
        self._marks["requests"] = stamp
        names = os.listdir(self._attempt.requests)
        present = {int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit()}
        self._requests &= present
        self._asked = sorted(present - self._requests)

    def _send_requests(self) -> None:
        for number in self._asked:
            self._requests.add(number)
            try:
                with open(os.path.join(self._attempt.requests, "%d.json" % number), "rb") as file:
                    self._send("request", file.read(), seq=number)
            except FileNotFoundError:
                pass  # given up meanwhile
        self._asked = []

    def _heartbeat(self) -> bool:
        if not self._changed(self._attempt.heartbeat_file):
            return False
        beat = records.read_json(self._attempt.heartbeat_file)
        if not isinstance(beat, dict) or beat == self._beat:
            return False
        self._beat = beat
        self._send("heartbeat", seq=beat.get("seq"), at=beat.get("at"))
        return False  # a sign of life is no reason to look again at once

    def _end(self) -> None:
        """Nothing is left to deliver: say how it ended, or that nobody will ever say."""
        if self._exit is not None:
            self._send("exit", exit=self._exit)
            self.over = True
            return
        if not self._mark_gone or self._loss_seen or time.monotonic() < self._loss_due:
            return
        self._loss_due = time.monotonic() + _LOSS_CHECK_S
        evidence = self._attempt.evidence_of_loss()
        if evidence is not None:
            self._loss_seen = True
            self._send("gone", evidence=evidence)
