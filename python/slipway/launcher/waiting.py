"""Sleeping in a process that must wake at once for a signal."""

from __future__ import annotations

import os
import select
import signal
from typing import Any, Callable, Dict


class Waiter:
    """Waits with a timeout; any of the signals ends the wait and calls its handler (in the main thread)."""

    def __init__(self, handlers: Dict[int, Callable[[], None]]) -> None:
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        for number, handler in handlers.items():
            signal.signal(number, self._calling(handler))
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)

    @staticmethod
    def _calling(handler: Callable[[], None]) -> Callable[[int, Any], None]:
        return lambda _number, _frame: handler()

    def wait(self, seconds: float) -> None:
        """Returns after `seconds` (never negative) or at the first signal."""
        ready, _, _ = select.select([self._read], [], [], max(0.0, seconds))
        if ready:
            try:
                os.read(self._read, 4096)
            except BlockingIOError:
                pass


def nothing() -> None:
    """A handler that only wakes the process. A handler, unlike SIG_IGN, is not inherited by what it starts."""


def forget_signals() -> None:
    """Back to default handling: for a fork that sets up its own."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
