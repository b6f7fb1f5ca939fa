"""Calls that only the engine can answer: a request file out, a reply file back, through whatever copies files."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from typing import Any, Callable, Dict, NamedTuple, Optional, Set

from .. import records
from ..attempt import Attempt
from .wire import Answer, Refusal

PRESENT_S = 3.0
_SHORTEST_S, _LONGEST_S = 0.002, 0.02
_FORWARDED = ("content-type", "content-encoding", "accept", "range", "x-mlflow-experiment-id", "x-mlflow-workspace")


class Contact:
    """Whether an engine is there: the link touches a file every second while the engine pings it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._stamp: Optional[int] = None
        self._seen = float("-inf")

    def present(self) -> bool:
        """Judged by when the stamp changed on this process's own clock: a set-back wall clock changes nothing."""
        try:
            stamp = os.stat(self._path).st_mtime_ns
        except OSError:
            return False
        now = time.monotonic()
        if stamp != self._stamp:
            age = 0.0 if self._stamp is not None else max(0.0, time.time() - stamp / 1e9)
            self._stamp, self._seen = stamp, now - age
        return now - self._seen < PRESENT_S


class Question(NamedTuple):
    """A call for the engine. `after` is the journal sequence that the engine must have applied first."""

    method: str
    path: str
    query: str
    headers: Dict[str, str]
    body: bytes
    after: int

    def record(self) -> Dict[str, Any]:
        """As the request file has it."""
        kept = {name: self.headers[name] for name in _FORWARDED if name in self.headers}
        record = {"method": self.method, "path": self.path, "query": self.query, "headers": kept, "after": self.after}
        try:
            return {**record, "body": self.body.decode("utf-8")}
        except UnicodeDecodeError:
            return {**record, "body_base64": base64.b64encode(self.body).decode()}


class Mailbox:
    """Asks the engine."""

    def __init__(self, attempt: Attempt, wait_s: float) -> None:
        self._attempt = attempt
        self._wait_s = wait_s
        self.contact = Contact(attempt.contact_file)
        self._lock = threading.Lock()
        self._closing = False
        self._waiting: Set[int] = set()
        for folder in (attempt.requests, attempt.replies):
            os.makedirs(folder, mode=0o700, exist_ok=True)
            for name in os.listdir(folder):  # their askers died with the former agent
                records.discard(os.path.join(folder, name))
        self._next = int(time.time() * 1000) * 1000  # never a number that a former agent used

    def close(self) -> None:
        """Ends all waiting with 503."""
        self._closing = True

    def ask(self, question: Question, otherwise: Optional[Callable[[], Answer]] = None) -> Answer:
        """The engine's answer; without an engine `otherwise()` where it is given, else 503 after the wait."""
        if otherwise is not None and not self.contact.present():
            return otherwise()
        with self._lock:
            number = self._next
            self._next += 1
            self._waiting.add(number)
        try:
            reply = self._exchange(number, question, otherwise is not None)
        finally:
            self._waiting.discard(number)
        if reply is not None:
            return reply
        if otherwise is not None:
            return otherwise()
        raise Refusal(
            503, "TEMPORARILY_UNAVAILABLE", "The Slipway engine is not reachable from this job now; try again later"
        )

    def tidy(self) -> None:
        """Removes replies that nobody waits for any more."""
        for name in os.listdir(self._attempt.replies):
            number = name.partition(".")[0]
            if not number.isdigit() or int(number) not in self._waiting:
                records.discard(os.path.join(self._attempt.replies, name))

    def _exchange(self, number: int, question: Question, may_leave: bool) -> Optional[Answer]:
        path = os.path.join(self._attempt.requests, "%d.json" % number)
        try:
            records.write_json(path, {"seq": number, **question.record()}, durable=False)
        except OSError as error:
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", "Cannot ask the engine: %s" % error.strerror) from error
        try:
            return self._wait_for(number, may_leave)
        finally:
            records.discard(path)

    def _wait_for(self, number: int, may_leave: bool) -> Optional[Answer]:
        path = os.path.join(self._attempt.replies, "%d.json" % number)
        deadline = time.monotonic() + self._wait_s
        pause = _SHORTEST_S
        while time.monotonic() < deadline and not self._closing:
            if os.path.exists(path):
                return self._take(path)
            if may_leave and not self.contact.present():
                return None
            time.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_S)
        return None

    def _take(self, path: str) -> Answer:
        with open(path, "rb") as file:
            reply = json.loads(file.read().decode())
        os.unlink(path)
        headers = {str(name): str(value) for name, value in (reply.get("headers") or {}).items()}
        lower = {name.lower() for name in headers}
        headers = {name: value for name, value in headers.items() if name.lower() not in _HOP}
        if "content-type" not in lower:
            headers["Content-Type"] = "application/json"
        if reply.get("file"):
            body = open(reply["file"], "rb")  # closed by whoever sends it
            os.unlink(reply["file"])
            return Answer(int(reply["status"]), headers=headers, file=body)
        return Answer(int(reply["status"]), str(reply.get("body") or "").encode("utf-8", "surrogatepass"), headers)


_HOP = frozenset(("content-length", "connection", "transfer-encoding", "keep-alive", "date"))
