"""NVIDIA GPUs, through the driver's own library (NVML), else nvidia-smi, else none."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from typing import Any, Dict, List, Optional


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


class _Memory(ctypes.Structure):
    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]


class _Nvml:
    """The few calls of NVML that are needed. Raises OSError where the library or the driver is not there."""

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("NVML is looked for on Linux only")
        self._library = ctypes.CDLL("libnvidia-ml.so.1")
        self._call("nvmlInit_v2")

    def _call(self, name: str, *arguments: Any) -> None:
        try:
            code = getattr(self._library, name)(*arguments)
        except AttributeError as error:
            raise OSError("NVML has no %s" % name) from error
        if code != 0:
            raise OSError("%s returned %d" % (name, code))

    def _text(self, name: str, *arguments: Any) -> str:
        buffer = ctypes.create_string_buffer(128)
        self._call(name, *arguments, buffer, ctypes.c_uint(len(buffer)))
        return buffer.value.decode("utf-8", "replace")

    def list(self) -> List[Dict[str, Any]]:
        """Every GPU with its identity and its use now."""
        driver = self._text("nvmlSystemGetDriverVersion")
        count = ctypes.c_uint()
        self._call("nvmlDeviceGetCount_v2", ctypes.byref(count))
        return [self._one(index, driver) for index in range(count.value)]

    def _one(self, index: int, driver: str) -> Dict[str, Any]:
        handle = ctypes.c_void_p()
        self._call("nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(handle))
        memory = _Memory()
        self._call("nvmlDeviceGetMemoryInfo", handle, ctypes.byref(memory))
        use = _Utilization()
        try:
            self._call("nvmlDeviceGetUtilizationRates", handle, ctypes.byref(use))
            percent: Optional[int] = int(use.gpu)
        except OSError:
            percent = None  # a partitioned GPU (MIG) has no such figure
        return {
            "uuid": self._text("nvmlDeviceGetUUID", handle),
            "index": index,
            "name": self._text("nvmlDeviceGetName", handle),
            "memory_bytes": int(memory.total),
            "used_bytes": int(memory.used),
            "util_percent": percent,
            "driver": driver,
        }

    def close(self) -> None:
        """Releases the driver."""
        self._library.nvmlShutdown()


_QUERY = "uuid,index,name,memory.total,memory.used,utilization.gpu,driver_version"


def _smi(program: str) -> List[Dict[str, Any]]:
    command = [program, "--query-gpu=" + _QUERY, "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise OSError(str(error)) from error
    return [found for found in map(_parse, done.stdout.decode("utf-8", "replace").splitlines()) if found]


def _parse(line: str) -> Optional[Dict[str, Any]]:
    words = [word.strip() for word in line.split(",")]
    if len(words) != 7 or not words[1].isdigit():
        return None
    return {
        "uuid": words[0],
        "index": int(words[1]),
        "name": words[2],
        "memory_bytes": (int(words[3]) if words[3].isdigit() else 0) << 20,
        "used_bytes": (int(words[4]) if words[4].isdigit() else 0) << 20,
        "util_percent": int(words[5]) if words[5].isdigit() else None,
        "driver": words[6],
    }


class Monitor:
    """Samples the job's GPUs: those in `wanted` (UUIDs or indexes), all of them where it is None."""

    def __init__(self, wanted: Optional[List[str]]) -> None:
        self._wanted = None if wanted is None else {str(one) for one in wanted}
        self._opened = False
        self._nvml: Optional[_Nvml] = None
        self._program: Optional[str] = None

    def list(self) -> List[Dict[str, Any]]:
        """All facts of the GPUs; empty where there is no driver."""
        self._open()
        try:
            found = self._nvml.list() if self._nvml else _smi(self._program) if self._program else []
        except OSError:
            return []
        wanted = self._wanted
        return [gpu for gpu in found if wanted is None or gpu["uuid"] in wanted or str(gpu["index"]) in wanted]

    def _open(self) -> None:
        if self._opened:
            return
        self._opened = True
        try:
            self._nvml = _Nvml()
        except OSError:
            self._program = shutil.which("nvidia-smi")

    def sample(self) -> List[Dict[str, Any]]:
        """Use of the GPUs as samples.jsonl has it."""
        return [
            {
                "uuid": gpu["uuid"],
                "index": gpu["index"],
                "util_percent": gpu["util_percent"],
                "memory_bytes": gpu["used_bytes"],
            }
            for gpu in self.list()
        ]

    def close(self) -> None:
        """Releases the driver."""
        if self._nvml is not None:
            self._nvml.close()
            self._nvml = None
