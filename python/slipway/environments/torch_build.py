"""PyTorch without CUDA for a machine without an NVIDIA GPU: a tenth of the download, the same results."""

import os
import platform
import sys
import urllib.request

from slipway.environments.resolve import locked_versions

_INDEX = "https://download.pytorch.org/whl/cpu/torch/"
_NAMES = frozenset(("torch", "torchvision", "torchaudio"))


def torch_flags(request, env):
    """uv's flags for PyTorch's own CPU index; empty where an index was chosen already or this one cannot be reached."""
    if not any(item.get("name") in _NAMES for item in request["requirements"]):
        return []
    chosen = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_TORCH_BACKEND")
    if request.get("options") or any(env.get(name) for name in chosen):
        return []
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64" or has_gpu():
        return []
    try:
        urllib.request.urlopen(urllib.request.Request(_INDEX, method="HEAD"), timeout=3).close()
    except (OSError, ValueError):
        return []
    return ["--torch-backend", "cpu"]


def torch_changes(flags, lock):
    versions = locked_versions(lock)
    return [
        {"rule": "torch-cpu", "wanted": name, "used": "%s==%s" % (name, versions[name]), "why": "the machine has no NVIDIA GPU"}
        for name in sorted(_NAMES)
        if flags and name in versions
    ]


def has_gpu():
    return os.path.exists("/dev/nvidiactl") or os.path.exists("/dev/dxg")
