"""The agent: heartbeat, samples, relay, timeout and cancel. It may die at any moment; the keeper starts it again."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any, Dict, List, Optional

from . import bound, cancel, container, native, notes, processes, records, samples
from .attempt import Attempt
from .heartbeat import Heartbeat
from .waiting import Waiter, nothing

TICK_S = 0.1
TIDY_S = 1.0


def serve(attempt: Attempt, spec: Dict[str, Any], listener: Any, keeper_pid: int) -> int:
    """Works until the keeper says that the job is over (SIGTERM) or is itself gone. Returns the agent's exit code."""
    native.set_name("slipway-agent")
    return Agent(attempt, spec, listener, keeper_pid).run()


class Agent:
    """One attempt's agent. The main thread ticks; the relay has threads of its own."""

    def __init__(self, attempt: Attempt, spec: Dict[str, Any], listener: Any, keeper_pid: int) -> None:
        self._attempt = attempt
        self._spec = spec
        self._keeper_pid = keeper_pid
        self._over = False
        self._stop: Optional[Dict[str, Any]] = None
        self._ladder: Optional[cancel.Ladder] = None
        self._ladder_due = 0.0
        self._child: Optional[Dict[str, Any]] = None
        self._started: Optional[float] = None
        self._waiter = Waiter(
            {signal.SIGTERM: self._finish, signal.SIGINT: nothing, signal.SIGHUP: nothing, signal.SIGCHLD: nothing}
        )
        self._heartbeat = Heartbeat(attempt)
        self._samples = samples.Sampler(attempt, spec, self._members)
        self._relay: Any = None
        self._tidy_due = 0.0
        self._listener = listener

    def _finish(self) -> None:
        self._over = True

    def run(self) -> int:
        """The agent's life."""
        try:
            records.write_json(self._attempt.agent_file, processes.identity())
        except OSError:
            notes.failure("agent.json cannot be written")
        if self._listener is not None:
            threading.Thread(target=self._start_relay, name="relay-start", daemon=True).start()
        self._samples.start()
        self._stop = cancel.under_way(self._attempt)
        while not self._over and not self._keeper_is_gone():
            self._tick()
            self._waiter.wait(TICK_S)
        if not self._over:
            return self._bury()
        self._close()
        return 0

    def _start_relay(self) -> None:
        """Opens the relay, again and again where a full disk forbids it: callers wait in the backlog meanwhile.

        In a thread, because a long journal takes seconds to read and heartbeat and cancel must not wait for it.
        """
        from .relay import server

        while self._relay is None:
            try:
                self._relay = server.start(self._attempt, self._spec, self._listener)
            except Exception:
                notes.failure("the relay cannot be opened")
                time.sleep(1.0)

    def _keeper_is_gone(self) -> bool:
        return os.getppid() != self._keeper_pid

    def _tick(self) -> None:
        if self._relay is not None and time.monotonic() >= self._tidy_due:
            self._tidy_due = time.monotonic() + TIDY_S
            self._relay.tidy()
        self._heartbeat.tick()
        if self._started is None:
            self._learn_child()
        if self._stop is None:
            self._look_for_stop()
        elif self._ladder is None:
            self._ladder = cancel.Ladder(self._members, self._stop["kill_at"])
            self._ladder_due = 0.0
        if self._ladder is not None and time.monotonic() >= self._ladder_due:
            self._ladder_due = time.monotonic() + 0.2
            self._ladder.step()  # the keeper closes the job as soon as the command is gone

    def _learn_child(self) -> None:
        state = records.read_json(self._attempt.state_file)
        if state and state.get("child"):
            self._child = state["child"]
            self._started = state.get("started_monotonic")

    def _look_for_stop(self) -> None:
        if self._started is None:
            return  # nothing to stop yet; the keeper looks for a cancel just before it starts the command
        timeout = self._spec.get("timeout_s")
        if cancel.requested(self._attempt):
            why = "canceled"
        elif timeout is not None and time.monotonic() - self._started >= timeout:
            why = "timeout"
        else:
            return
        self._stop = cancel.begin(self._attempt, why, cancel.grace_asked(self._attempt, self._spec))

    def _members(self) -> List[processes.Process]:
        roots = [] if self._keeper_is_gone() else [self._keeper_pid]
        child = self._child
        if child and processes.is_alive(child["pid"], child["start"]):
            roots.append(child["pid"])
        return processes.members(str(self._spec["marker"]), roots, [self._keeper_pid])

    def _close(self) -> None:
        if self._relay is not None:
            self._relay.close()

    def _bury(self) -> int:
        """The keeper died: nobody can collect the command's exit code, so the job is stopped and that is recorded."""
        self._learn_child()
        stop = self._stop
        grace = cancel.grace_asked(self._attempt, self._spec)
        ladder = cancel.Ladder(self._members, stop["kill_at"] if stop else time.monotonic() + grace)
        while not ladder.step():
            self._heartbeat.tick()
            self._waiter.wait(0.1)
        self._close()
        state = records.read_json(self._attempt.state_file) or {}
        evidence: Dict[str, Any] = {
            "words": "the keeper of the command is gone; the agent stopped the job",
            "keeper": state.get("keeper"),
            "child": state.get("child"),
        }
        if stop:
            evidence["stop"] = stop["reason"]
        if ladder.survivors:
            evidence["survivors"] = ladder.survivors
        evidence.update(container.end(self._spec))
        duration = 0 if self._started is None else int((time.monotonic() - self._started) * 1000)
        record = {
            "code": None,
            "signal": None,
            "reason": "launcher_lost",
            "started_at": state.get("started_at"),
            "ended_at": int(time.time() * 1000),
            "duration_ms": duration,
            "evidence": evidence,
        }
        bound.discard(str(self._spec["marker"]))
        records.write_once(self._attempt.exit_file, record, self._attempt.reserve_file)
        return 0
