"""Real attempts in a temporary folder: what every test of the launcher starts from."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid
from typing import Any, Callable, Dict, List, Optional, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from slipway.launcher import processes, records  # noqa: E402
from slipway.launcher.attempt import Attempt  # noqa: E402
from slipway.launcher.frames import read_frame  # noqa: E402

LAUNCHER = [sys.executable, "-m", "slipway.launcher"]
RUN_ID = "job1"
TOKEN = "token-of-the-job"
OWN_RUN = {
    "info": {
        "run_id": RUN_ID,
        "run_uuid": RUN_ID,
        "run_name": "my job",
        "experiment_id": "1",
        "status": "RUNNING",
        "start_time": 1700000000000,
        "artifact_uri": "mlflow-artifacts:/1/job1/artifacts",
        "lifecycle_stage": "active",
    },
    "data": {"tags": [{"key": "mlflow.runName", "value": "my job"}]},
}


def until(condition: Callable[[], Any], what: str, seconds: float = 15.0) -> Any:
    """The first true value of `condition`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %g s: %s" % (seconds, what))
        time.sleep(0.01)


def launcher(*arguments: str, env: Optional[Dict[str, str]] = None) -> "subprocess.Popen[bytes]":
    """A launcher process with pipes."""
    env = dict(os.environ, PYTHONPATH=ROOT, **(env or {}))
    return subprocess.Popen([*LAUNCHER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)


class Job:
    """One attempt and what can be asked of it."""

    def __init__(self, folder: str, argv: List[str], **changes: Any) -> None:
        self.folder = folder
        os.makedirs(os.path.join(folder, "wd"))
        self.attempt = Attempt(folder)
        self.doors: List[Door] = []
        self.marker = "test.1.%s" % uuid.uuid4().hex
        self.spec: Dict[str, Any] = {
            "version": 1,
            "job": RUN_ID,
            "attempt": 1,
            "marker": self.marker,
            "argv": argv,
            "cwd": os.path.join(folder, "wd"),
            "env": {},
            "unset": [],
            "timeout_s": None,
            "grace_s": 5,
            "sample_interval_s": 0.2,
            "rank": 0,
            "gpus": None,
            "overlay": None,
            "relay": None,
            **changes,
        }
        records.write_json(self.attempt.spec_file, self.spec)

    def run(self, env: Optional[Dict[str, str]] = None) -> Dict[str, Any]:
        """`run` to its answer."""
        with launcher("run", self.folder, env=env) as process:
            answer: Dict[str, Any] = json.loads(process.communicate(timeout=15)[0].decode())
        return answer

    def state(self) -> Dict[str, Any]:
        return records.read_json(self.attempt.state_file) or {}

    def running(self) -> Dict[str, Any]:
        """The state once the command runs."""
        return until(lambda: self.state() if self.state().get("phase") == "running" else None, "running")

    def exit(self, seconds: float = 20.0) -> Dict[str, Any]:
        """The exit record, once there is one."""
        return until(lambda: records.read_json(self.attempt.exit_file), "exit record", seconds)

    def log(self) -> bytes:
        with open(self.attempt.log_file(0), "rb") as file:
            return file.read()

    def agent(self) -> int:
        """Pid of the living agent."""

        def find() -> Any:
            who = records.read_json(self.attempt.agent_file)
            return who["pid"] if who and processes.is_alive(who["pid"], who["start"]) else None

        return int(until(find, "agent"))

    def members(self) -> List[int]:
        """Living processes that carry the job's marker."""
        return [process.pid for process in processes.members(self.marker)]

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        until(lambda: processes.start_of(pid) is None, "process %d gone" % pid)

    def journal(self) -> List[Dict[str, Any]]:
        with open(self.attempt.journal_file, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def door(self) -> "Door":
        """A connection to the relay."""
        url = until(lambda: self.state().get("relay_url"), "relay url")
        door = Door(int(url.rpartition(":")[2]))
        self.doors.append(door)
        return door

    def destroy(self) -> None:
        """Ends everything that a failed test may have left."""
        for door in self.doors:
            door.close()
        for who in (self.attempt.keeper(), records.read_json(self.attempt.agent_file)):
            if who and who["pid"] != os.getpid() and processes.is_alive(who["pid"], who["start"]):
                os.kill(who["pid"], signal.SIGKILL)
        for pid in self.members():
            os.kill(pid, signal.SIGKILL)


class Door:
    """A raw keep-alive HTTP client of the relay."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.token = TOKEN
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._socket.close()

    def encode(self, method: str, path: str, body: Any = b"", headers: Optional[Dict[str, str]] = None) -> bytes:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {
            "Host": "127.0.0.1:%d" % self.port,
            "Authorization": "Bearer " + self.token,
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }
        lines = [
            "%s %s HTTP/1.1" % (method, path),
            *("%s: %s" % item for item in fields.items() if item[1] is not None),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + data

    def send(self, data: bytes) -> Tuple[int, bytes]:
        """One prepared request; (status, body). Raises ConnectionError where the relay went away."""
        self._socket.sendall(data)
        buffer = b""
        while b"\r\n\r\n" not in buffer:
            buffer += self._some()
        head, _, body = buffer.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._some()
        return int(head.split(b" ")[1]), body

    def _some(self) -> bytes:
        piece = self._socket.recv(1 << 20)
        if not piece:
            raise ConnectionError("closed by the relay")
        return piece

    def call(
        self, method: str, path: str, body: Any = b"", headers: Optional[Dict[str, str]] = None
    ) -> Tuple[int, Any]:
        """(status, JSON answer)."""
        status, answer = self.send(self.encode(method, path, body, headers))
        return status, json.loads(answer.decode()) if answer[:1] in (b"{", b"[") else answer

    def run_call(self, name: str, **body: Any) -> Tuple[int, Any]:
        """POST runs/<name> for the job's own run."""
        return self.call("POST", "/api/2.0/mlflow/runs/" + name, {"run_id": RUN_ID, **body})


class Link:
    """A link process and everything it said. `pause` stops reading, so that its pipe fills."""

    def __init__(self) -> None:
        self.process = launcher("link")
        self.frames: List[Tuple[Dict[str, Any], bytes]] = []
        self.inbox: "queue.Queue[Tuple[Dict[str, Any], bytes]]" = queue.Queue()
        self.reading = threading.Event()
        self.reading.set()
        self.ended = False
        self.on_request: Optional[Callable[[Dict[str, Any]], Dict[str, Any]]] = None
        self.on_log: Optional[Callable[[Dict[str, Any], bytes], Any]] = None
        self.keep = True
        self.counts: Dict[str, int] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while True:
            self.reading.wait()
            frame = read_frame(self.process.stdout.fileno())
            if frame is None:
                self.ended = True
                return
            header, payload = frame
            kind = header["t"]
            self.counts[kind] = self.counts.get(kind, 0) + len(payload)
            if kind == "request" and self.on_request is not None:
                request = json.loads(payload.decode())
                self.order(op="reply", dir=header["dir"], seq=request["seq"], **self.on_request(request))
            if kind == "log" and self.on_log is not None:
                self.on_log(header, payload)
            if self.keep or kind not in ("log", "journal"):
                self.frames.append(frame)

    def order(self, **order: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write((json.dumps(order) + "\n").encode())
        self.process.stdin.flush()

    def watch(self, job: Job, **offsets: Any) -> None:
        self.order(
            op="watch", dir=job.folder, **{"log": {"0": 0}, "journal": 0, "samples": 0, "mark_gone": True, **offsets}
        )

    def of(self, kind: str, job: Optional[Job] = None) -> List[Tuple[Dict[str, Any], bytes]]:
        return [f for f in list(self.frames) if f[0]["t"] == kind and (job is None or f[0].get("dir") == job.folder)]

    def bytes_of(self, kind: str, job: Job) -> bytes:
        """All bytes of a kind; fails where an offset does not follow the one before."""
        data = b""
        base = None
        for header, payload in self.of(kind, job):
            base = header["offset"] if base is None else base
            if header["offset"] != base + len(data):
                raise AssertionError("offset %r after %d bytes" % (header, len(data)))
            data += payload
        return data

    def wait(self, kind: str, job: Optional[Job] = None, seconds: float = 20.0) -> Dict[str, Any]:
        """The first frame of a kind."""
        return until(lambda: self.of(kind, job), "frame " + kind, seconds)[0][0]

    def memory(self) -> int:
        """Peak resident bytes."""
        return peak_memory(self.process.pid)

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.reading.set()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait(timeout=15)
        self._reader.join(timeout=15)
        self.process.stdout.close()


def peak_memory(pid: int) -> int:
    """Peak resident bytes of a process (Linux)."""
    with open("/proc/%d/status" % pid) as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


class LabTest(unittest.TestCase):
    """A test with a temporary folder; whatever it starts is ended."""

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="slipway-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self._count = 0

    def job(self, *argv: str, **changes: Any) -> Job:
        self._count += 1
        job = Job(os.path.join(changes.pop("under", self.folder), "a%d" % self._count), list(argv), **changes)
        self.addCleanup(job.destroy)
        return job

    def relay_job(self, *argv: str, wait_s: float = 1.0, **changes: Any) -> Job:
        """A job with a relay, by default one that sleeps."""
        relay = {"run": OWN_RUN, "token": TOKEN, "wait_s": wait_s, "env": ["MLFLOW_TRACKING_URI"]}
        return self.job(*(argv or ("/bin/sleep", "600")), relay=relay, **changes)

    def link(self) -> Link:
        link = Link()
        self.addCleanup(link.close)
        return link
