"""One builder at a time, across processes. The kernel lets go of the lock when its holder dies, whatever way."""

import contextlib
import errno
import fcntl
import os
import time

#: How often a waiter looks again, in seconds.
_PAUSE = 0.1


@contextlib.contextmanager
def held(path, waiting=None):
    """Holds the lock file `path`. While another process has it, `waiting()` is called at each look."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            if _take(handle) and _is_current(handle, path):
                os.ftruncate(handle, 0)
                os.write(handle, b"%d\n" % os.getpid())
                yield
                return
        finally:
            os.close(handle)
        if waiting:
            waiting()
        time.sleep(_PAUSE)


def holder(path):
    """The process id that the lock file names; for messages only."""
    try:
        with open(path) as file:
            return file.read().strip() or "unknown"
    except OSError:
        return "unknown"


def _take(handle):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise


def _is_current(handle, path):
    """False when clean-up removed the file between our open and our lock."""
    try:
        there, ours = os.stat(path), os.fstat(handle)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
