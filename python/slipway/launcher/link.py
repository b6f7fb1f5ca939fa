"""`link`: copies between the files of any number of attempts and its own stdin and stdout. It keeps nothing.

The main thread delivers; a second thread reads orders, so that a cancel arrives while the output is blocked.
"""

from __future__ import annotations

import json
import os
import platform
import queue
import sys
import threading
import time
from typing import Any, Callable, Dict

from . import notes, orders, processes
from .attempt import Attempt
from .frames import FrameWriter
from .watch import Watch

SHORTEST_S, LONGEST_S = 0.02, 0.2
CONTACT_EVERY_S = 1.0
CONTACT_AFTER_PING_S = 3.0


def link() -> int:
    """Runs until stdin closes. Exit code 0; a broken stdout ends it as well."""
    try:
        Link(sys.stdin.fileno(), sys.stdout.fileno()).run()
    except BrokenPipeError:
        pass
    os._exit(0)  # the order thread may be in a blocking read


class Link:
    """One link process."""

    def __init__(self, orders_fd: int, frames_fd: int) -> None:
        self._in = os.fdopen(orders_fd, "rb", closefd=False)
        self._out = FrameWriter(frames_fd)
        self._watches: Dict[str, Watch] = {}
        self._inbox: "queue.SimpleQueue[Dict[str, Any]]" = queue.SimpleQueue()
        self._wake = threading.Event()
        self._show = threading.Event()
        self._pinged = float("-inf")
        self._handlers: Dict[str, Callable[[Dict[str, Any]], None]] = {
            "reply": orders.reply,
            "applied": orders.applied,
            "cancel": orders.cancel_job,
        }

    def run(self) -> None:
        """Delivers for ever."""
        threading.Thread(target=self._read_orders, daemon=True).start()
        hello = {"t": "hello", "boot_id": processes.boot_id(), "pid": os.getpid(), "python": platform.python_version()}
        self._out.send(hello)
        pause = SHORTEST_S
        while True:
            self._wake.clear()
            busy = self._take_inbox()
            for folder, watch in list(self._watches.items()):
                busy = self._step(watch) or busy
                if watch.over:
                    self._watches.pop(folder, None)
            if busy:
                pause = SHORTEST_S
                continue
            self._wake.wait(pause)
            pause = min(pause * 1.15, LONGEST_S)

    def _step(self, watch: Watch) -> bool:
        try:
            return watch.step()
        except BrokenPipeError:
            raise
        except OSError as error:
            watch.over = True
            self._out.send({"t": "error", "dir": watch.folder, "message": "watch ended: %s" % error})
            return True

    def _take_inbox(self) -> bool:
        took = False
        while True:
            try:
                order = self._inbox.get_nowait()
            except queue.Empty:
                return took
            took = True
            operation = order["op"]
            if operation == "watch":
                try:
                    self._watches[str(order["dir"])] = Watch(order, self._out)
                    self._show.set()
                except (KeyError, TypeError, ValueError) as error:
                    self._complain(order, error)
            elif operation == "unwatch":
                self._watches.pop(str(order["dir"]), None)
            elif operation == "ping":
                self._out.send({"t": "pong"})
            else:
                self._out.send(order["frame"])

    def _complain(self, order: Dict[str, Any], error: BaseException) -> None:
        words = "%s: %s" % (type(error).__name__, error)
        frame = {"t": "error", "dir": order.get("dir"), "op": order.get("op"), "message": words}
        self._post({"op": "say", "frame": frame})

    def _post(self, order: Dict[str, Any]) -> None:
        self._inbox.put(order)
        self._wake.set()

    def _read_orders(self) -> None:
        try:
            threading.Thread(target=self._keep_contact, daemon=True).start()
            for line in self._in:
                if line.strip():
                    self._take(line)
        except BaseException:
            notes.failure("the orders cannot be read")
        os._exit(0)

    def _take(self, line: bytes) -> None:
        order: Dict[str, Any] = {}
        try:
            order = json.loads(line.decode())
            operation = order["op"]
            if operation == "ping":
                back = time.monotonic() - self._pinged > CONTACT_AFTER_PING_S
                self._pinged = time.monotonic()
                if back:
                    self._show.set()
                self._post(order)
            elif operation in ("watch", "unwatch"):
                self._post(order)
            elif operation == "settle":
                threading.Thread(target=self._settle, args=(order,), daemon=True).start()
            else:
                self._handlers[operation](order)
        except Exception as error:  # one bad order must not end the link for all the others
            self._complain(order if isinstance(order, dict) else {}, error)

    def _settle(self, order: Dict[str, Any]) -> None:
        try:
            orders.settle(order)
            self._wake.set()
        except Exception as error:
            self._complain(order, error)

    def _keep_contact(self) -> None:
        """Shows every watched attempt that an engine is there, as long as it pings."""
        while True:
            if time.monotonic() - self._pinged < CONTACT_AFTER_PING_S:
                for folder in list(self._watches):
                    _touch(Attempt(folder).contact_file)
            self._show.wait(CONTACT_EVERY_S)
            self._show.clear()


def _touch(path: str) -> None:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.utime(fd)
        finally:
            os.close(fd)
    except OSError:
        pass  # no relay in this attempt, or a full disk: the relay then answers by itself
