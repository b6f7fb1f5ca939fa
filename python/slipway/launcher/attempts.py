"""`attempts ROOT`: the attempts below ROOT that were started and whose engine has not closed them, one JSON line each."""

from __future__ import annotations

import glob
import json
import os
import sys

from . import records


def attempts(root: str) -> int:
    """Prints them. Nothing secret is among what it says."""
    for claim in sorted(glob.glob(os.path.join(glob.escape(root), "jobs", "*", "*", "*", "claim"))):
        folder = os.path.dirname(claim)
        spec = records.read_json(os.path.join(folder, "spec.json"))
        if not isinstance(spec, dict):
            continue  # closed: only its small records are left
        workspace, job, number = folder.split(os.sep)[-3:]
        relay = spec.get("relay") or {}
        found = {
            "folder": folder,
            "workspace": workspace,
            "job": job,
            "attempt": int(number) if number.isdigit() else 0,
            "marker": spec.get("marker"),
            "command": (spec.get("argv") or [""])[-1],
            "gpus": spec.get("gpus") or [],
            "run": (relay.get("run") or {}).get("info") or {},
            "experiment": ((relay.get("experiment") or {}).get("name")) or "Default",
        }
        sys.stdout.write(json.dumps(found) + "\n")
    return 0
