"""Writes a file or folder to standard output, as `receive` reads it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import sys
from typing import Any, BinaryIO, Dict, Iterator, Tuple

_CHUNK = 1 << 20


def entries(root: str, path: str = "") -> Iterator[Tuple[str, str, os.stat_result]]:
    """Every entry below, a folder before and once more after what is in it. Sockets, pipes and devices are left out."""
    full = os.path.join(root, path) if path else root
    found = os.lstat(full)
    if stat.S_ISDIR(found.st_mode):
        yield "d", path, found
        for name in sorted(os.listdir(full)):
            yield from entries(root, os.path.join(path, name))
        yield "x", path, found
    elif stat.S_ISLNK(found.st_mode):
        yield "l", path, found
    elif stat.S_ISREG(found.st_mode):
        yield "f", path, found


def send(out: BinaryIO, root: str, done: int, offset: int) -> None:
    """Leaves out the first `done` entries, and `offset` bytes of the one after those."""
    for index, (kind, path, found) in enumerate(entries(root)):
        if index < done:
            continue
        entry: Dict[str, Any] = {"t": kind, "p": path}
        if kind == "l":
            entry["l"] = os.readlink(os.path.join(root, path) if path else root)
        if kind in "fx":
            entry["m"] = stat.S_IMODE(found.st_mode)
            entry["mt"] = found.st_mtime_ns
        if kind == "f":
            _file(out, os.path.join(root, path) if path else root, entry, offset if index == done else 0)
        else:
            _say(out, entry)
    _say(out, {"t": "e", "p": ""})


def _file(out: BinaryIO, path: str, entry: Dict[str, Any], offset: int) -> None:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        entry.update(n=size, o=min(offset, size))
        _say(out, entry)
        at = 0
        while at < size:
            try:
                chunk = file.read(min(size - at, _CHUNK))
            except OSError:
                chunk = b""
            if not chunk:
                break
            digest.update(chunk)
            start = min(max(entry["o"] - at, 0), len(chunk))
            out.write(chunk[start:])
            at += len(chunk)
    # A file that has become shorter, or cannot be read to its end, is filled up, so that what follows is still read as what it is.
    for missing in range(max(at, entry["o"]), size, _CHUNK):
        out.write(bytes(min(_CHUNK, size - missing)))
    out.write((digest.hexdigest() if at == size else "-").encode() + b"\n")


def _say(out: BinaryIO, entry: Dict[str, Any]) -> None:
    out.write(json.dumps(entry).encode() + b"\n")


def main() -> None:
    request = json.loads(sys.stdin.buffer.readline())
    out = sys.stdout.buffer
    try:
        send(out, request["from"], request["done"], request["offset"])
    except OSError as error:
        _say(out, {"t": "error", "errno": errno.errorcode.get(error.errno or 0), "message": str(error)})
    out.flush()


if __name__ == "__main__":
    main()
