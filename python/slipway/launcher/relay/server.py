"""The relay's door: accepts connections, one thread each, and hands requests through the guard to the router."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Any, Dict

from .. import notes
from ..attempt import Attempt
from ..spool import prune
from . import guard
from .routes import Router
from .wire import Answer, Connection, Gone, Refusal, Request

MOST_CONNECTIONS = 256
FAREWELL_S = 2.0


def start(attempt: Attempt, spec: Dict[str, Any], listener: socket.socket) -> "Server":
    """Starts serving. Raises OSError where the spool cannot be opened."""
    os.makedirs(attempt.relay, mode=0o700, exist_ok=True)
    return Server(attempt, spec["relay"], listener)


class Server:
    """One attempt's relay server."""

    def __init__(self, attempt: Attempt, relay: Dict[str, Any], listener: socket.socket) -> None:
        self._attempt = attempt
        self._token = str(relay["token"]).encode()
        self._router = Router(attempt, relay)
        self._listener = listener
        self._room = threading.Semaphore(MOST_CONNECTIONS)
        self._changed = threading.Condition()
        self._busy = 0
        self._closing = False
        threading.Thread(target=self._accept, name="relay-accept", daemon=True).start()

    def tidy(self) -> None:
        """Frees the disk of what the engine has taken."""
        prune(self._attempt)
        self._router.tidy()

    def close(self) -> None:
        """Lets calls that are being answered finish, then closes the journal."""
        self._closing = True
        self._router.stop_waiting()
        deadline = time.monotonic() + FAREWELL_S
        with self._changed:
            while self._busy and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())
        self._router.close()

    def _accept(self) -> None:
        while not self._closing:
            self._room.acquire()
            try:
                client, _ = self._listener.accept()
            except OSError:
                self._room.release()
                notes.failure("no connection can be accepted")
                time.sleep(0.1)  # out of file descriptors: the backlog waits with us
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                connection = Connection(client)
                while not self._closing and self._one(connection):
                    pass
                connection.linger()
        except (OSError, Gone):
            pass  # the client went away: nothing that was answered is lost
        except BaseException:
            notes.failure("a connection ended by an error")
        finally:
            self._room.release()

    def _one(self, connection: Connection) -> bool:
        """Answers one request; False where the connection is over."""
        request = None
        try:
            request = connection.next_request()
            if request is None:
                return False
            answer = self._answer(request)
        except Refusal as refusal:
            answer = refusal.answer()
        keep = request is not None and request.keep_alive and request.consumed and not answer.close
        try:
            connection.answer(answer, request is not None and request.method == "HEAD", keep)
        finally:
            if answer.file is not None:
                answer.file.close()
        return keep

    def _answer(self, request: Request) -> Answer:
        guard.check(request.headers, self._token)
        with self._changed:
            self._busy += 1
        try:
            return self._router.answer(request)
        except (Refusal, Gone, ConnectionError):
            raise
        except Exception as error:
            notes.failure("a call failed")
            words = "The relay failed: %s: %s" % (type(error).__name__, error)
            raise Refusal(500, "INTERNAL_ERROR", words, close=True) from error
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
