"""The environment that the user's program gets."""

from __future__ import annotations

import os
from typing import Any, Dict, Mapping, Optional

from . import processes

_KEPT = frozenset(
    """PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TEMP TMP HOSTNAME XDG_RUNTIME_DIR XDG_CACHE_HOME
    LD_LIBRARY_PATH DYLD_LIBRARY_PATH LIBRARY_PATH CPATH MANPATH MODULEPATH LOADEDMODULES LMOD_CMD MODULESHOME
    http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY
    SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS
    CUDA_HOME CUDA_PATH CUDA_ROOT ROCM_PATH JAVA_HOME SPARK_HOME""".split()
)
_KEPT_PREFIXES = ("LC_", "PIP_", "UV_", "NVIDIA_", "NCCL_", "SLURM_")


def clean(source: Mapping[str, str]) -> Dict[str, str]:
    """What of the surrounding environment a job may see: a closed list, so that no secret leaks from it."""
    return {name: value for name, value in source.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}


def job_environment(
    spec: Mapping[str, Any], source: Mapping[str, str], relay_url: Optional[str], overlay_python: Optional[str]
) -> Dict[str, str]:
    """The clean base, the specification's variables, then what only the target knows: relay, GPUs, overlay, marker."""
    env = clean(source)
    for name in spec.get("unset") or ():
        env.pop(name, None)
    env.update({name: str(value) for name, value in (spec.get("env") or {}).items()})
    gpus = spec.get("gpus")
    if gpus is not None:
        env["CUDA_VISIBLE_DEVICES"] = ",".join(gpus)
    relay = spec.get("relay")
    if relay and relay_url:
        for name in relay.get("env") or ():
            env[name] = relay_url
        env.setdefault("MLFLOW_TRACKING_TOKEN", relay["token"])
    if overlay_python is not None:
        folder = os.path.dirname(overlay_python)
        env["VIRTUAL_ENV"] = os.path.dirname(folder)
        env["PATH"] = folder + os.pathsep + env.get("PATH", os.defpath)
        env.pop("PYTHONHOME", None)
    env[processes.MARKER] = spec["marker"]
    return env
