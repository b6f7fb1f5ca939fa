"""The relay's listening socket. The keeper holds it and every agent inherits it, so the address outlives an agent."""

from __future__ import annotations

import socket
from typing import Tuple

from .attempt import Attempt


def open_door(attempt: Attempt) -> Tuple[socket.socket, str]:
    """Binds a free port of the loopback and returns it with its URL."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    listener.set_inheritable(False)
    return listener, "http://127.0.0.1:%d" % listener.getsockname()[1]
