"""Takes files from standard input: what comes is made beside its place, checked, and put in place whole."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
from typing import Any, BinaryIO, Dict, Optional

_CHUNK = 1 << 20


class _Progress:
    """How many entries are whole. Kept beside what is made, so that a transfer that was cut off goes on there."""

    def __init__(self, path: str, resume: bool) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | (0 if resume else os.O_TRUNC), 0o600)
        self.done = int(os.pread(self._file, 20, 0) or b"0")

    def step(self) -> None:
        self.done += 1
        os.pwrite(self._file, b"%020d" % self.done, 0)

    def remove(self) -> None:
        os.close(self._file)
        os.unlink(self._path)


def receive(source: BinaryIO, request: Dict[str, Any], answer: Any) -> None:
    """Reads entries until the end entry, then renames what was made to its place."""
    temp, place = request["temp"], request["to"]
    os.makedirs(os.path.dirname(temp) or ".", exist_ok=True)
    progress = _Progress(temp + ".progress", bool(request.get("resume")))
    if request.get("resume"):
        answer({"done": progress.done})
    while True:
        entry = json.loads(_line(source))
        if entry["t"] == "e":
            break
        path = os.path.join(temp, entry["p"]) if entry["p"] else temp
        if entry["t"] == "f":
            _file(source, path, entry, answer)
        elif entry["t"] == "d":
            os.makedirs(path, mode=0o700, exist_ok=True)
        elif entry["t"] == "l":
            if os.path.lexists(path):
                os.unlink(path)
            os.symlink(entry["l"], path)
        else:
            os.chmod(path, entry["m"])
            os.utime(path, ns=(entry["mt"], entry["mt"]))
        progress.step()
    progress.remove()
    _put_in_place(temp, place)


def _file(source: BinaryIO, path: str, entry: Dict[str, Any], answer: Any) -> None:
    digest = hashlib.sha256()
    # Of a file that was cut off what is there stays.
    start = 0
    if entry.get("ask"):
        start = _held(path, entry["n"], digest)
        answer({"offset": start})
    left = entry["n"] - start
    with open(path, "r+b" if start else "wb", buffering=0) as file:
        file.seek(start)
        while left > 0:
            chunk = source.read(min(left, _CHUNK))
            if not chunk:
                raise EOFError
            view = memoryview(chunk)
            while view:
                view = view[file.write(view) :]
            digest.update(chunk)
            left -= len(chunk)
        if entry.get("s"):
            os.fsync(file.fileno())
        os.fchmod(file.fileno(), entry["m"])
    os.utime(path, ns=(entry["mt"], entry["mt"]))
    told = _line(source).decode("ascii")
    if told == "-":
        raise ValueError("%s changed while it was read" % (entry["p"] or "the file"))
    if told != digest.hexdigest():
        raise ValueError("%s arrived damaged" % (entry["p"] or "the file"))


def _held(path: str, size: int, digest: Any) -> int:
    try:
        with open(path, "rb") as file:
            held = min(os.fstat(file.fileno()).st_size, size)
            left = held
            while left > 0:
                chunk = file.read(min(left, _CHUNK))
                digest.update(chunk)
                left -= len(chunk)
            return held
    except FileNotFoundError:
        return 0


def _put_in_place(temp: str, place: str) -> None:
    """A rename replaces a file or an empty folder by itself; a full folder has to step aside first."""
    try:
        os.rename(temp, place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR, errno.ENOTDIR):
            raise
        aside = temp + ".old"
        os.rename(place, aside)
        os.rename(temp, place)
        _remove(aside)


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)


def _line(source: BinaryIO) -> bytes:
    line = source.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return line[:-1]


def main() -> None:
    source = sys.stdin.buffer

    def answer(words: Dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()

    request: Optional[Dict[str, Any]] = None
    try:
        request = json.loads(_line(source))
        os.umask(0o077)
        receive(source, request, answer)
        answer({"ok": True})
    except EOFError:
        sys.exit(3)  # cut off: what is there stays for the next try
    except (OSError, ValueError) as error:
        if request is not None:
            for path in (request["temp"], request["temp"] + ".progress"):
                _remove(path)
        number = error.errno if isinstance(error, OSError) else None
        answer({"error": {"errno": errno.errorcode.get(number or 0), "message": str(error)}})


if __name__ == "__main__":
    main()
