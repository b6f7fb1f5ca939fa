"""Artifact bodies that wait on the target until the engine has them."""

from __future__ import annotations

import os

from . import records
from .attempt import Attempt


def prune(attempt: Attempt) -> int:
    """Deletes the bodies of calls that the engine has applied; returns the bytes freed."""
    applied = records.read_json(attempt.applied_file)
    if not isinstance(applied, dict) or not isinstance(applied.get("seq"), int):
        return 0
    freed = 0
    try:
        names = os.listdir(attempt.artifacts)
    except FileNotFoundError:
        return 0
    for name in names:
        if name.isdigit() and int(name) <= applied["seq"]:
            path = os.path.join(attempt.artifacts, name)
            try:
                freed += os.stat(path).st_size
                os.unlink(path)
            except FileNotFoundError:
                pass
    return freed
