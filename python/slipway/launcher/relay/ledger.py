"""Journal and view, changed together: a call is checked against the view, journalled, and only then answered."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, Optional

from .. import notes, records
from ..attempt import Attempt
from . import calls
from .journal import Journal
from .repeats import KEPT, Repeats
from .view import View
from .wire import Refusal

CHECKPOINT_BYTES = 4 << 20
"""So much journal is read again at most when an agent starts."""

RETRY_S = 1.0


class Ledger:
    """Opens the spool of an attempt: the view is as the journal makes it."""

    def __init__(self, attempt: Attempt, own_run: Dict[str, Any]) -> None:
        self._own_run = own_run
        self._checkpoint_file = attempt.path("relay", "view.json")
        self._lock = threading.Lock()
        self.journal = Journal(attempt.journal_file)
        self.last = self.journal.last
        self._saved_at = 0
        self._failures = 0
        self.view = self._rebuild()
        self._repeats = Repeats()
        for entry in self.journal.entries(self.journal.offset_of_last(KEPT)):
            self._repeats.add(entry)

    def _rebuild(self) -> View:
        """From the last checkpoint, where it fits the journal, and the journal after it."""
        view, start = View(self._own_run), 0
        saved = records.read_json(self._checkpoint_file)
        if isinstance(saved, dict) and saved["run_id"] == view.own.id and saved["offset"] <= self.journal.size:
            view, start = View.from_json(saved["view"]), saved["offset"]
        self._saved_at = start
        for entry in self.journal.entries(start):
            try:
                effect = calls.stored_effect(entry)
                if effect is not None:
                    effect(view)
            except Refusal:
                pass  # it was right when it was journalled: a rule became stricter since
        return view

    def checkpoint(self) -> None:
        """Saves the view where the journal has grown much since the last time. Only what is durable is in it."""
        if self.journal.size - self._saved_at < CHECKPOINT_BYTES:
            return
        with self._lock:
            self.journal.settle()
            if self.journal.failures != self._failures:
                return
            offset = self.journal.size
            saved = {"run_id": self.view.own.id, "offset": offset, "view": self.view.json()}
        try:
            records.write_json(self._checkpoint_file, saved)
        except OSError:
            notes.failure("the view cannot be saved")
        self._saved_at = offset

    def commit(
        self, entry: Dict[str, Any], effect: calls.Effect, prepare: Optional[Callable[[int], None]] = None
    ) -> Any:
        """Makes a call durable and returns its answer. Raises a Refusal where it conflicts or cannot be stored."""
        with self._lock:  # the view changes in the order of the journal
            if self.journal.failures != self._failures:
                self._recover()
            result = effect(self.view)
            ticket = self.journal.enqueue(entry, prepare)
        self.journal.wait(ticket)
        self.last = max(self.last, ticket.seq)
        return result

    def _recover(self) -> None:
        """After a call that could not be stored the view holds too much: rebuild it, once a second at most."""
        if time.monotonic() - self.journal.failed_at < RETRY_S:
            words = "The job's tracking journal cannot be written; try again later"
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", words)
        self._failures = self.journal.failures
        self.journal.settle()
        self.view = self._rebuild()

    def repeated(self, method: str, path: str, text: str) -> Any:
        """The answer to a call that a former agent stored and may not have answered; None for a new call."""
        entry = self._repeats.take(method, path, text)
        effect = None if entry is None else calls.stored_effect(entry)
        if effect is None:
            return None
        with self._lock:
            return effect(self.view)

    def run(self, run_id: str) -> Dict[str, Any]:
        """A known run as JSON; 404 where it is not known (any more)."""
        with self._lock:
            run = self.view.run(run_id)
            if run is None:
                raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", "Run with id=%s not found" % run_id)
            return run.json()

    def model(self, model_id: str) -> Dict[str, Any]:
        """A known model as JSON."""
        with self._lock:
            return self.view.model(model_id).json()

    def close(self) -> None:
        """Waits for what is being stored."""
        self.journal.close()
