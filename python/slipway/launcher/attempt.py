"""The folder of one job attempt: which file is where, and who claimed it."""

from __future__ import annotations

import os
from typing import Any, Dict, Optional

from . import processes, records


class SpecError(Exception):
    """spec.json is missing or is not what this launcher understands."""


class Attempt:
    """Paths of one attempt's folder and the small readers that several processes share."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.abspath(folder)
        self.spec_file = self.path("spec.json")
        self.claim_file = self.path("claim")
        self.state_file = self.path("state.json")
        self.agent_file = self.path("agent.json")
        self.exit_file = self.path("exit.json")
        self.heartbeat_file = self.path("heartbeat.json")
        self.samples_file = self.path("samples.jsonl")
        self.cancel_file = self.path("cancel")
        self.stop_file = self.path("stop.json")
        self.reserve_file = self.path("exit.reserve")
        self.notes_file = self.path("launcher.log")
        self.logs = self.path("logs")
        self.relay = self.path("relay")
        self.journal_file = self.path("relay", "journal.jsonl")
        self.requests = self.path("relay", "requests")
        self.replies = self.path("relay", "replies")
        self.artifacts = self.path("relay", "artifacts")
        self.applied_file = self.path("relay", "applied")
        self.contact_file = self.path("relay", "contact")

    def path(self, *parts: str) -> str:
        """A path inside the attempt's folder."""
        return os.path.join(self.folder, *parts)

    def log_file(self, rank: int) -> str:
        """Where the program of `rank` writes its output."""
        return os.path.join(self.logs, "std_log_process_%d.txt" % rank)

    def spec(self) -> Dict[str, Any]:
        """The attempt's specification; raises SpecError with what is wrong."""
        spec = records.read_json(self.spec_file)
        if not isinstance(spec, dict):
            raise SpecError("%s is missing or not a JSON object" % self.spec_file)
        if spec.get("version") != 1:
            raise SpecError("%s has version %r; this launcher knows 1" % (self.spec_file, spec.get("version")))
        argv = spec.get("argv")
        if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
            raise SpecError("%s: argv must be a list of strings with a program" % self.spec_file)
        if not isinstance(spec.get("marker"), str) or not spec["marker"]:
            raise SpecError("%s: marker must be a non-empty string" % self.spec_file)
        return spec

    def keeper(self) -> Optional[Dict[str, Any]]:
        """Who claimed this attempt: pid, start, boot_id; None where nobody did."""
        claim = records.read_json(self.claim_file)
        return claim if isinstance(claim, dict) else None

    def evidence_of_loss(self) -> Optional[Dict[str, Any]]:
        """Why nobody can write this attempt's exit record any more; None while somebody can, or nobody claimed it."""
        claim = self.keeper()
        if claim is None or os.path.exists(self.exit_file):
            return None
        rebooted = claim.get("boot_id") != processes.boot_id()
        state = records.read_json(self.state_file) or {}
        agents = [who for who in (records.read_json(self.agent_file), state.get("agent")) if who]
        if not rebooted and any(processes.is_alive(who.get("pid"), who.get("start")) for who in [claim, *agents]):
            return None
        return {
            "boot_id_changed": rebooted,
            "keeper": {"pid": claim.get("pid"), "start": claim.get("start"), "alive": False},
            "agent": dict(agents[0], alive=False) if agents else None,
            "child": state.get("child"),
            "last_heartbeat": records.read_json(self.heartbeat_file),
            "words": "the machine restarted" if rebooted else "keeper and agent are gone and left no exit record",
        }
