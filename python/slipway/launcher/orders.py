"""What the engine may ask of a link for one attempt, besides watching it."""

from __future__ import annotations

import base64
import os
import shutil
import time
from typing import Any, Dict

from . import bound, cancel, container, processes, records
from .attempt import Attempt, SpecError
from .spool import prune


def reply(order: Dict[str, Any]) -> None:
    """Puts the engine's answer to a request where the relay finds it: the body first, then the record that names it."""
    attempt = Attempt(order["dir"])
    number = int(order["seq"])
    record: Dict[str, Any] = {"status": int(order["status"]), "headers": order.get("headers") or {}}
    body_file = os.path.join(attempt.replies, "%d.body" % number)
    if order.get("file") is not None:
        shutil.move(str(order["file"]), body_file)
        record["file"] = body_file
    elif order.get("body_base64") is not None:
        records.write_file(body_file, base64.b64decode(order["body_base64"]), durable=False)
        record["file"] = body_file
    else:
        body = order.get("body")
        record["body"] = "" if body is None else str(body)
    records.write_json(os.path.join(attempt.replies, "%d.json" % number), record, durable=False)


def applied(order: Dict[str, Any]) -> None:
    """The engine holds everything up to that journal sequence."""
    attempt = Attempt(order["dir"])
    records.write_json(attempt.applied_file, {"seq": int(order["seq"])})
    if os.path.exists(attempt.exit_file):
        prune(attempt)  # no agent is left to do it


def cancel_job(order: Dict[str, Any]) -> None:
    """Asks the agent to stop the job."""
    grace = order.get("grace_s")
    cancel.request(Attempt(order["dir"]), None if grace is None else float(grace))


def settle(order: Dict[str, Any]) -> None:
    """Nobody is left to end this attempt: sweep what it left behind and write the record, unless there is one."""
    attempt = Attempt(order["dir"])
    if os.path.exists(attempt.exit_file):
        return
    evidence = attempt.evidence_of_loss()
    if evidence is None:
        raise SpecError("the attempt's keeper or agent still runs, or it was never claimed")
    state = records.read_json(attempt.state_file) or {}
    roots = []
    child = state.get("child")
    if child and not evidence["boot_id_changed"] and processes.is_alive(child["pid"], child["start"]):
        roots.append(child["pid"])
    spec = attempt.spec()
    marker = str(spec["marker"])
    ladder = cancel.Ladder(lambda: processes.members(marker, roots), time.monotonic(), polite=False)
    while not ladder.step():
        time.sleep(0.05)
    if ladder.killed:
        evidence["swept"] = ladder.killed
    if ladder.survivors:
        evidence["survivors"] = ladder.survivors
    evidence.update(container.end(spec))
    bound.discard(marker)
    beat = evidence.get("last_heartbeat") or {}
    started = state.get("started_at")
    ended = beat.get("at") or int(time.time() * 1000)
    record = {
        "code": None,
        "signal": None,
        "reason": "launcher_lost",
        "started_at": started,
        "ended_at": ended,
        "duration_ms": max(0, ended - started) if started else 0,
        "evidence": evidence,
    }
    records.write_once(attempt.exit_file, record, attempt.reserve_file)
