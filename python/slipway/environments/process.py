"""Running programs: their output goes to the log as it comes, and none outlives us."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading

from slipway.environments.failure import Failure

#: The end of a program's output that is kept for an error message, in bytes.
KEPT_OUTPUT = 64 * 1024
_CREDENTIALS = re.compile(rb"(://)[^/\s@:]*(?::[^/\s@]*)?@")


def redact(data):
    """Takes user names and passwords out of URLs."""
    return _CREDENTIALS.sub(rb"\1****@", data)


class Log:
    """Whole lines, redacted, to our standard error and to a file. A reader that has gone away is no failure."""

    def __init__(self, path=None):
        self._file = open(path, "wb", buffering=0) if path else None
        self._partial = b""

    def write(self, data):
        *lines, self._partial = (self._partial + data).split(b"\n")
        if len(self._partial) > 64 * 1024:
            lines.append(self._partial)
            self._partial = b""
        if lines:
            self._emit(redact(b"\n".join(lines) + b"\n"))

    def line(self, text):
        self.write(text.encode("utf-8", "surrogateescape") + b"\n")

    def pass_on(self, data):
        """To the reader only: bytes that are in another builder's log file already."""
        _write_all(data)

    def close(self):
        if self._partial:
            self.write(b"\n")
        if self._file:
            self._file.close()
            self._file = None

    def _emit(self, data):
        _write_all(data)
        if self._file:
            try:
                self._file.write(data)
            except OSError:
                self._file.close()
                self._file = None


def _write_all(data):
    try:
        while data:
            data = data[os.write(2, data) :]
    except OSError:
        pass


def _die_with_parent():
    """Linux: the kernel ends the child when we are killed and cannot do it."""
    if sys.platform.startswith("linux"):
        _LIBC.prctl(1, signal.SIGKILL)


try:
    _LIBC = ctypes.CDLL(None)
    _PREEXEC = _die_with_parent
except OSError:
    _LIBC = None
    _PREEXEC = None


def run(argv, env=None, cwd=None, log=None, timeout=None):
    """Runs `argv` and returns (exit code, the end of its output as text). `timeout` is in seconds; code 124 then.

    Raises Failure("tool") when the program cannot be started, Failure("cancelled") when the work was cancelled.
    """
    _CANCELLATION.check()
    try:
        # A child that starts while the cancellation comes must be known, or nobody ends it.
        with _CANCELLATION.held():
            child = subprocess.Popen(
                argv,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_PREEXEC,
            )
    except OSError as error:
        raise Failure("tool", "%s cannot be started: %s" % (argv[0], error.strerror))
    timed_out = threading.Event()
    timer = threading.Timer(timeout, lambda: (timed_out.set(), _end_group(child))) if timeout else None
    if timer:
        timer.daemon = True
        timer.start()
    kept = b""
    try:
        _CANCELLATION.check()
        while True:
            data = os.read(child.stdout.fileno(), 65536)
            if not data:
                break
            if log:
                log.write(data)
            kept = (kept + data)[-KEPT_OUTPUT:]
        code = child.wait()
    finally:
        if timer:
            timer.cancel()
        _end_group(child)
        child.stdout.close()
        child.wait()
    return 124 if timed_out.is_set() else code, redact(kept).decode("utf-8", "replace")


def _end_group(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


class _Cancellation:
    """Raised where the work is interrupted, and remembered: Python drops what is raised inside a finaliser."""

    def __init__(self):
        self._asked = False
        self._held = False

    def ask(self):
        self._asked = True
        if not self._held:
            raise Failure("cancelled", "The build was cancelled")

    def check(self):
        """Raises Failure("cancelled") when the work was cancelled."""
        if self._asked:
            raise Failure("cancelled", "The build was cancelled")

    @contextlib.contextmanager
    def held(self):
        """Puts the interruption off; `check` tells of it afterwards."""
        self._held = True
        try:
            yield
        finally:
            self._held = False


_CANCELLATION = _Cancellation()


def check_cancelled():
    """Raises Failure("cancelled") when the work was cancelled and the interruption got lost."""
    _CANCELLATION.check()


def cancel_on_request():
    """A line `cancel` on standard input, or SIGTERM, ends the work with Failure("cancelled").

    The end of standard input alone does not: a build goes on when the engine is gone, the next engine finds it made.
    """

    def raise_cancelled(_signal, _frame):
        # Once: a second signal must not interrupt the clean-up.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _CANCELLATION.ask()

    def watch():
        for line in sys.stdin.buffer:
            if line.strip() == b"cancel":
                os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, raise_cancelled)
    signal.signal(signal.SIGINT, raise_cancelled)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()
