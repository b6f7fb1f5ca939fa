"""Who may use the relay: programs of this machine that hold the job's token, and no web page."""

from __future__ import annotations

import hmac
from typing import Mapping

from .wire import Refusal

_NAMES = ("127.0.0.1", "localhost")


def check(headers: Mapping[str, str], token: bytes) -> None:
    """Raises a Refusal unless Host, Origin and token are right. Runs before routing, for every method."""
    name, _, port = headers.get("host", "").partition(":")
    if name.lower() not in _NAMES or (port and not port.isdigit()):
        raise Refusal(403, "PERMISSION_DENIED", "This address is answered as 127.0.0.1 or localhost only", close=True)
    if "origin" in headers:
        raise Refusal(403, "PERMISSION_DENIED", "Web pages may not use this address", close=True)
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode("latin-1", "replace"), token):
        raise Refusal(401, "UNAUTHENTICATED", "The job's token is missing or wrong (MLFLOW_TRACKING_TOKEN)", close=True)
