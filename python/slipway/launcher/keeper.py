"""The keeper: parent of the command. It starts command and agent, waits, and writes how the command ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Any, Dict, List, Optional

from . import agent, cancel, container, door, environment, evidence, native, notes, processes, records
from .attempt import Attempt
from .bound import Bound
from .waiting import Waiter, forget_signals, nothing

AGENT_FAREWELL_S = 5.0
"""How long the agent may take to finish its last writes when the job is over."""


def keep(attempt: Attempt, spec: Dict[str, Any]) -> int:
    """Runs the attempt to its end. The exit record exists when this returns, unless the disk is gone."""
    native.adopt_orphans()
    native.set_name("slipway-keeper")
    return Keeper(attempt, spec).run()


class Keeper:
    """One attempt's keeper. Single-threaded, so that it can fork safely."""

    def __init__(self, attempt: Attempt, spec: Dict[str, Any]) -> None:
        self._attempt = attempt
        self._spec = spec
        self._marker = str(spec["marker"])
        self._pid = os.getpid()
        self._agent_pid: Optional[int] = None
        self._agent_wanted = True
        self._agent_due = 0.0
        self._agent_fails = 0
        self._agent_began = 0.0
        self._child: Optional[subprocess.Popen] = None  # type: ignore[type-arg]
        self._status: Optional[int] = None
        self._usage: Any = None
        self._ended = 0.0
        self._ended_at = 0.0
        self._started = time.monotonic()
        self._asked_to_end = False
        self._state: Dict[str, Any] = {
            "phase": "starting",
            "keeper": processes.identity(),
            "agent": None,
            "child": None,
            "boot_id": processes.boot_id(),
            "started_at": int(time.time() * 1000),
            "started_monotonic": self._started,
            "relay_url": None,
        }
        self._listener: Any = None
        self._memory = evidence.MemoryWatch()
        self._bound = Bound(self._marker)
        self._waiter = Waiter(
            {signal.SIGCHLD: nothing, signal.SIGTERM: self._note_term, signal.SIGINT: nothing, signal.SIGHUP: nothing}
        )

    def _note_term(self) -> None:
        self._asked_to_end = True  # a machine that shuts down asks everybody: the record is still to be written

    def run(self) -> int:
        """Starts everything and waits; returns the exit code of the keeper itself."""
        try:
            self._prepare()
            self._start_agent()
            self._start_command()
        except Exception as error:  # whatever it was, the engine must read it in the exit record
            notes.failure("the command cannot be started")
            return self._finish("start_failed", {"error": _words(error), "type": type(error).__name__})
        if self._child is None:
            return self._finish("canceled", {"words": "canceled before the command was started"})
        while self._status is None:
            self._reap()
            if self._status is None:
                self._mind_agent()
                due = 5.0 if self._agent_pid is not None else self._agent_due - time.monotonic()
                self._waiter.wait(min(5.0, max(0.01, due)))
        return self._finish(None, {})

    def _prepare(self) -> None:
        self._save_state()
        records.reserve(self._attempt.reserve_file)
        os.makedirs(self._attempt.logs, mode=0o700, exist_ok=True)
        if self._spec.get("relay"):
            self._listener, self._state["relay_url"] = door.open_door(self._attempt)
            self._save_state()

    def _save_state(self) -> None:
        records.write_json(self._attempt.state_file, self._state)

    def _start_command(self) -> None:
        overlay_python = None
        debug: Dict[str, str] = {}
        overlay = self._spec.get("overlay")
        if overlay:
            from .overlay import create

            overlay_python = create(overlay["base"], overlay["path"])
            if overlay.get("debug"):
                from .debugger import install

                debug = install(overlay["path"], overlay["debug"])
        if cancel.requested(self._attempt):
            return
        log = os.open(
            self._attempt.log_file(int(self._spec.get("rank") or 0)),
            os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC,
            0o600,
        )
        try:
            env = environment.job_environment(self._spec, os.environ, self._state["relay_url"], overlay_python)
            env.update(debug)
            argv = self._spec["argv"]
            if self._spec.get("container"):
                argv, env = container.create(
                    self._spec, os.environ, self._state["relay_url"], lambda: cancel.requested(self._attempt)
                )
                if cancel.requested(self._attempt):
                    return
            self._memory.begin()
            self._started = time.monotonic()
            self._child = subprocess.Popen(
                argv,
                cwd=self._spec.get("cwd") or self._attempt.folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._bound.entrance(),
            )
        finally:
            os.close(log)
        self._memory.watch(self._child.pid)
        self._state.update(
            phase="running",
            child=processes.identity(self._child.pid),
            started_at=int(time.time() * 1000),
            started_monotonic=self._started,
        )
        try:
            self._save_state()
        except OSError:
            notes.failure("state.json cannot be written")  # the command runs: its end is still recorded

    def _start_agent(self) -> None:
        self._agent_began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                forget_signals()
                code = agent.serve(self._attempt, self._spec, self._listener, self._pid)
            except BaseException:
                notes.failure("the agent ended by an error")
            finally:
                os._exit(code)
        self._agent_pid = pid
        self._state["agent"] = processes.identity(pid)
        try:
            self._save_state()
        except OSError:
            notes.failure("state.json cannot be written")  # agent.json, which the agent itself writes, says the same

    def _mind_agent(self) -> None:
        if self._agent_pid is None and self._agent_wanted and time.monotonic() >= self._agent_due:
            try:
                self._start_agent()
            except OSError:
                notes.failure("the agent cannot be started")
                self._agent_due = time.monotonic() + 1.0

    def _reap(self) -> None:
        """Collects every child that ended: the command, the agent, and orphans of the job that came to this process."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._child is not None and pid == self._child.pid:
                self._status, self._usage = status, usage
                self._ended, self._ended_at = time.monotonic(), time.time()
                self._child.returncode = 0  # reaped here, not by subprocess
            elif pid == self._agent_pid:
                self._agent_pid = None
                lived = time.monotonic() - self._agent_began
                self._agent_fails = 0 if lived > 10 else self._agent_fails + 1
                pause = 0.0 if self._agent_fails <= 1 else min(5.0, 0.1 * 2**self._agent_fails)
                self._agent_due = time.monotonic() + pause

    def _members(self) -> List[processes.Process]:
        self._reap()
        without = [] if self._agent_pid is None else [self._agent_pid]
        return processes.members(self._marker, [self._pid], without)

    def _finish(self, reason: Optional[str], facts: Dict[str, Any]) -> int:
        stop = cancel.under_way(self._attempt)
        ended = self._ended or time.monotonic()
        ended_at = self._ended_at or time.time()
        code, name = evidence.ending(self._status)
        if reason is None:
            reason = evidence.reason(self._attempt, self._spec, stop, name, ended - self._started)
        sweep = cancel.Ladder(self._members, stop["kill_at"] if stop else time.monotonic() + cancel.STRAY_GRACE_S)
        while not sweep.step():
            self._mind_agent()
            self._waiter.wait(0.05)
        facts.update(evidence.usage(self._usage))
        facts.update(evidence.disk(self._spec.get("cwd") or self._attempt.folder))
        facts.update(self._bound.evidence())
        self._bound.remove()
        oom = self._memory.verdict(code, name, reason)
        if oom:
            facts["oom"] = oom
        if sweep.killed:
            facts["strays_killed"] = sweep.killed
        if sweep.survivors:
            facts["survivors"] = sweep.survivors
        if self._asked_to_end:
            facts["keeper_got"] = "SIGTERM"
        self._dismiss_agent()
        facts.update(container.end(self._spec))
        if "survivors" in facts:  # those of another user, whom only the container's engine could end
            facts["survivors"] = [process.pid for process in self._members()]
        record = {
            "code": code,
            "signal": name,
            "reason": reason,
            "started_at": self._state["started_at"],
            "ended_at": int(ended_at * 1000),
            "duration_ms": max(0, int((ended - self._started) * 1000)),
            "evidence": facts,
        }
        self._write_exit(record)
        self._state.update(phase="exited", agent=None)
        try:
            self._save_state()
            records.discard(self._attempt.reserve_file)
        except OSError:
            notes.failure("exit.json cannot be written")
        return 0

    def _write_exit(self, record: Dict[str, Any]) -> None:
        """Tries for as long as it takes: without this record nobody knows how the command ended."""
        wait = 0.1
        while True:
            try:
                records.write_once(self._attempt.exit_file, record, self._attempt.reserve_file)
                return
            except FileNotFoundError:
                return  # somebody removed the attempt's folder: nobody wants to know
            except OSError:
                notes.failure("state.json cannot be written")
                self._waiter.wait(wait)
                wait = min(wait * 2, 10.0)

    def _dismiss_agent(self) -> None:
        self._agent_wanted = False
        deadline = time.monotonic() + AGENT_FAREWELL_S
        asked = False
        while self._agent_pid is not None:
            try:
                if time.monotonic() > deadline:
                    os.kill(self._agent_pid, signal.SIGKILL)
                elif not asked:
                    os.kill(self._agent_pid, signal.SIGTERM)
                    asked = True
            except ProcessLookupError:
                pass
            self._waiter.wait(0.05)
            self._reap()


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return "%s: %s" % (error.filename, error.strerror) if error.filename else error.strerror
    return str(error) or type(error).__name__
