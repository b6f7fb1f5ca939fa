"""Files that are either whole or absent: written beside the name, flushed, then renamed."""

from __future__ import annotations

import errno
import json
import os
from typing import Any, Optional

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def sync_folder(path: str) -> None:
    """Makes a rename or a new name in `path` durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems have no folder sync
            raise
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Writes every byte, or raises."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _write_temp(path: str, data: bytes, durable: bool) -> str:
    temp = "%s.%d.tmp" % (path, os.getpid())
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(fd, data)
        if durable:
            os.fsync(fd)
    except OSError:
        os.close(fd)
        discard(temp)
        raise
    os.close(fd)
    return temp


def write_file(path: str, data: bytes, durable: bool = True) -> None:
    """Replaces `path` by `data` in one step. `durable=False` skips the flush (for what the next second rewrites)."""
    temp = _write_temp(path, data, durable)
    os.rename(temp, path)
    if durable:
        sync_folder(os.path.dirname(path))


def encode(value: Any) -> bytes:
    """Compact JSON with a line end."""
    return (json.dumps(value, separators=(",", ":")) + "\n").encode("utf-8", "surrogatepass")


def write_json(path: str, value: Any, durable: bool = True) -> None:
    """Replaces `path` by `value` as JSON in one step."""
    write_file(path, encode(value), durable)


def read_json(path: str) -> Optional[Any]:
    """The JSON of `path`, or None where there is no such file or it is not JSON."""
    try:
        with open(path, "rb") as file:
            return json.loads(file.read().decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def discard(path: str) -> None:
    """Removes a file that may not be there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def reserve(path: str, size: int = 32768) -> None:
    """Takes `size` bytes of disk now, so that `write_once` still has room when the disk is full."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(fd, b" " * size)
        os.fsync(fd)
    finally:
        os.close(fd)


def write_once(path: str, value: Any, reserved: Optional[str] = None) -> bool:
    """Creates `path` whole and durable, or returns False where it exists already: the first writer wins.

    On a full disk the bytes go into the file that `reserve` made, which becomes `path`.
    """
    data = encode(value)
    try:
        temp = _write_temp(path, data, True)
    except OSError as error:
        if error.errno not in NO_SPACE or reserved is None or not os.path.exists(reserved):
            raise
        temp = _fill_reserved(path, reserved, data)
    try:
        os.link(temp, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if os.path.exists(path):
            return False
        os.rename(temp, path)
    finally:
        discard(temp)
    sync_folder(os.path.dirname(path))
    return True


def _fill_reserved(path: str, reserved: str, data: bytes) -> str:
    try:
        fd = os.open(reserved, os.O_WRONLY | os.O_CLOEXEC)
        try:
            write_all(fd, data)
            os.ftruncate(fd, len(data))
            os.fsync(fd)
        finally:
            os.close(fd)
        return reserved
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
    os.unlink(reserved)  # a copy-on-write file system cannot overwrite in place: give the room back instead
    return _write_temp(path, data, True)
