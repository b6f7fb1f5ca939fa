"""`probe`: what this machine is, as one JSON line."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from typing import Any, Dict

from . import gpus, native, processes, samples


_SCHEDULERS = (("slurm", "sbatch"), ("pbs", "qsub"), ("lsf", "bsub"))


def facts(folder: str) -> Dict[str, Any]:
    """The machine's facts; `folder` is where free disk space is asked for."""
    try:
        cores = len(os.sched_getaffinity(0))  # what a container or a batch system leaves us
    except AttributeError:
        cores = os.cpu_count() or 1
    monitor = gpus.Monitor(None)
    try:
        found = monitor.list()
    finally:
        monitor.close()
    return {
        "python": platform.python_version(),
        "executable": sys.executable,
        "hostname": platform.node(),
        "boot_id": processes.boot_id(),
        "cores": cores,
        "cpu": cpu_model(),
        "kernel": platform.release(),
        "memory_bytes": samples.memory_limit_bytes(),
        "disk_free_bytes": native.disk_free_bytes(folder),
        "gpus": [{key: gpu[key] for key in ("uuid", "index", "name", "memory_bytes", "driver")} for gpu in found],
        "scheduler": next((name for name, tool in _SCHEDULERS if shutil.which(tool)), None),
        "container": {name: shutil.which(name) for name in ("podman", "docker")},
    }


def cpu_model() -> str:
    """The processor's own name; empty when the machine does not say."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _colon, value = line.partition(":")
                if key.strip() in ("model name", "Model", "cpu model"):
                    return value.strip()
    except OSError:
        pass
    return platform.processor()


def probe(folder: str) -> int:
    """Prints the facts."""
    sys.stdout.write(json.dumps(facts(folder)) + "\n")
    return 0
