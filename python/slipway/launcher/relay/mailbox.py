"""Calls that only the engine can answer: a request file out, a reply file back, through whatever copies files."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from typing import Any, Callable, Dict, Optional

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


class Mailbox:
    """Asks the engine."""

    def __init__(self, attempt: Attempt, wait_s: float) -> None:
        self._attempt = attempt
        self._wait_s = wait_s
        self.contact = Contact(attempt.contact_file)
        self._lock = threading.Lock()
        self._closing = False
        for folder in (attempt.requests, attempt.replies):
            os.makedirs(folder, mode=0o700, exist_ok=True)
            for name in os.listdir(folder):  # their askers died with the former agent
                records.discard(os.path.join(folder, name))
        self._next = int(time.time() * 1000) * 1000  # never a number that a former agent used

    def close(self) -> None:
        """Ends all waiting with 503."""
        self._closing = True

    def ask(
        self,
        method: str,
        path: str,
        query: str,
        headers: Dict[str, str],
        body: bytes,
        after: int,
        otherwise: Optional[Callable[[], Answer]] = None,
    ) -> Answer:
        """The engine's answer. `after` is the journal sequence the engine must have applied first.

        Without an engine: `otherwise()` where it is given, else 503 after the configured wait.
        """
        if otherwise is not None and not self.contact.present():
            return otherwise()
        with self._lock:
            number = self._next
            self._next += 1
        kept = {name: headers[name] for name in _FORWARDED if name in headers}
        request: Dict[str, Any] = {"seq": number, "method": method, "path": path, "query": query, "headers": kept}
        request["after"] = after
        try:
            request["body"] = body.decode("utf-8")
        except UnicodeDecodeError:
            request["body_base64"] = base64.b64encode(body).decode()
        question = os.path.join(self._attempt.requests, "%d.json" % number)
        try:
            records.write_json(question, request, durable=False)
        except OSError as error:
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", "Cannot ask the engine: %s" % error.strerror) from error
        try:
            reply = self._wait_for(number, otherwise is not None)
        finally:
            records.discard(question)
        if reply is not None:
            return reply
        if otherwise is not None:
            return otherwise()
        raise Refusal(
            503, "TEMPORARILY_UNAVAILABLE", "The Slipway engine is not reachable from this job now; try again later"
        )

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
            return Answer(int(reply["status"]), headers=headers, file=str(reply["file"]))
        return Answer(int(reply["status"]), str(reply.get("body") or "").encode("utf-8", "surrogatepass"), headers)


_HOP = frozenset(("content-length", "connection", "transfer-encoding", "keep-alive", "date"))
