"""`run D`: claims the attempt, once and for all, and leaves a keeper behind that belongs to nobody's session."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Dict, Optional

from . import keeper, notes, processes, records
from .attempt import Attempt, SpecError


def run(folder: str) -> int:
    """Prints one JSON line: status started, duplicate or failed. Exit code 0 once the claim is durable or was there."""
    attempt = Attempt(folder)
    if attempt.keeper() is not None:
        return _duplicate(attempt)
    try:
        spec = attempt.spec()
    except SpecError as error:
        return _say({"status": "failed", "message": str(error)}, 1)
    answer = _detach(attempt, spec)
    if answer is None:
        return _say({"status": "failed", "message": "the keeper ended before it could claim %s" % attempt.folder}, 1)
    if answer["status"] == "duplicate":
        return _duplicate(attempt)
    return _say(answer, 0 if answer["status"] == "started" else 1)


def _say(answer: Dict[str, Any], code: int) -> int:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return code


def _duplicate(attempt: Attempt) -> int:
    claim = attempt.keeper() or {}
    return _say({"status": "duplicate", "keeper": {"pid": claim.get("pid"), "start": claim.get("start")}}, 0)


def _detach(attempt: Attempt, spec: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """Forks twice; the grandchild becomes the keeper and reports through a pipe."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            os.setsid()
            if os.fork() == 0:
                _become_keeper(attempt, spec, write)
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read()
    return json.loads(text.decode()) if text else None


def _become_keeper(attempt: Attempt, spec: Dict[str, Any], report: int) -> None:
    """Never returns."""
    code = 1
    try:
        answer = _claim(attempt)
        _silence(attempt)
        _report(report, answer)
        if answer["status"] == "started":
            code = keeper.keep(attempt, spec)
    except BaseException:
        notes.failure("the keeper ended by an error")
    finally:
        os._exit(code)


def _report(pipe: int, answer: Dict[str, Any]) -> None:
    """Tells the starter, who may be gone: the claim is made, so the attempt goes on without being heard."""
    try:
        records.write_all(pipe, records.encode(answer))
    except OSError:
        pass
    os.close(pipe)


def _claim(attempt: Attempt) -> Dict[str, Any]:
    who = processes.identity()
    try:
        won = records.write_once(attempt.claim_file, dict(who, boot_id=processes.boot_id()))
    except OSError as error:
        return {"status": "failed", "message": "cannot write %s: %s" % (attempt.claim_file, error.strerror)}
    return {"status": "started" if won else "duplicate", "keeper": who}


def _silence(attempt: Attempt) -> None:
    """No terminal, no pipe of the caller: words of keeper and agent go to launcher.log."""
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    try:
        notes = os.open(attempt.notes_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        notes = null
    for target, source in ((0, null), (1, notes), (2, notes)):
        os.dup2(source, target)
    for fd in {null, notes} - {0, 1, 2}:
        os.close(fd)
