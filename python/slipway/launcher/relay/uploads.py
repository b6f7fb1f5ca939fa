"""Artifact uploads: streamed to the disk, hashed on the way, and journalled when whole."""

from __future__ import annotations

import hashlib
import itertools
import os
from typing import Any, Dict
from urllib.parse import unquote

from .. import records
from ..attempt import Attempt
from .ledger import Ledger
from .wire import Refusal, Request, invalid

PREFIX = "/api/2.0/mlflow-artifacts/artifacts/"


def safe_path(path: str) -> str:
    """Refuses every spelling of a path that could leave the artifact root; returns the path as it was sent."""
    plain = path
    for _ in range(8):
        decoded = unquote(plain)
        if decoded == plain:
            break
        plain = decoded
    parts = plain.split("/")
    bad = plain.startswith("/") or any(part in ("", ".", "..") for part in parts)
    if bad or "\\" in plain or "#" in plain or any(ord(letter) < 32 or ord(letter) == 127 for letter in plain):
        raise invalid("Invalid path")
    if parts[0].endswith(":"):
        raise invalid("Invalid path")
    return path


class Uploads:
    """The folder of bodies that wait for the engine."""

    def __init__(self, attempt: Attempt, ledger: Ledger) -> None:
        self._folder = attempt.artifacts
        self._root = attempt.folder
        self._ledger = ledger
        self._numbers = itertools.count()
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        for name in os.listdir(self._folder):
            if not name.isdigit() or int(name) > ledger.last:  # a former agent died before it journalled this
                records.discard(os.path.join(self._folder, name))

    def take(self, request: Request) -> Dict[str, Any]:
        """Receives the body. Returns the journal entry with the name of the waiting file in `temp`."""
        safe_path(request.path[len(PREFIX) :])
        temp = os.path.join(self._folder, "upload.%d" % next(self._numbers))
        digest, size = hashlib.sha256(), 0
        try:
            fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                for piece in request.stream():
                    digest.update(piece)
                    size += len(piece)
                    records.write_all(fd, piece)
                os.fsync(fd)
            finally:
                os.close(fd)
        except OSError as error:
            records.discard(temp)
            if error.errno not in records.NO_SPACE:
                raise
            raise Refusal(
                503, "TEMPORARILY_UNAVAILABLE", "No space left for artifacts on the job's machine", close=True
            ) from error
        except BaseException:
            records.discard(temp)
            raise
        return {
            "temp": temp,
            "sha256": digest.hexdigest(),
            "size": size,
            "content_type": request.headers.get("content-type", "application/octet-stream"),
        }

    def store(self, method: str, path: str, query: str, taken: Dict[str, Any]) -> None:
        """Journals a received body under its sequence number; its file goes where it cannot be journalled."""
        temp = taken.pop("temp")
        entry: Dict[str, Any] = {"method": method, "path": path, "query": query, **taken}
        final = ""

        def prepare(seq: int) -> None:
            nonlocal final
            final = os.path.join(self._folder, str(seq))
            os.rename(temp, final)
            entry["file"] = os.path.relpath(final, self._root)
            records.sync_folder(self._folder)

        try:
            self._ledger.commit(entry, lambda view: None, prepare)
        except BaseException:
            records.discard(final or temp)
            raise
