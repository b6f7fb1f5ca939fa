"""Which call is answered here, which is journalled, and which goes to the engine."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Callable, Dict, Optional

from ..attempt import Attempt
from . import calls, history, limits
from .journal import Journal
from .mailbox import Mailbox, Question
from .repeats import Repeats, digest
from .uploads import PREFIX as UPLOAD_PREFIX
from .uploads import Uploads
from .view import View
from .wire import Answer, Refusal, Request, json_answer

BODY_LIMIT = 32 << 20
VERSION = "3.17.2"
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}
_SERVER_INFO = {
    "store_type": "SqlStore",
    "workspaces_enabled": False,
    "multipart_uploads_enabled": False,
    "multipart_downloads_enabled": False,
    "trace_archival_enabled": False,
    "features_enabled": {"gateway": False},
}


class Router:
    """One attempt's relay, behind the guard."""

    def __init__(self, attempt: Attempt, relay: Dict[str, Any]) -> None:
        self._relay = relay
        self._journal = Journal(attempt.journal_file)
        self._lock = threading.Lock()
        self._view = View(relay["run"])
        self._repeats = Repeats()
        self._last = self._rebuild()
        self._repeats.close()
        self._failed_at: Optional[float] = None
        self._uploads = Uploads(attempt, self._journal, self._last)
        wait = relay.get("wait_s")
        self._mailbox = Mailbox(attempt, 60.0 if wait is None else float(wait))
        self._closed = False

    def _rebuild(self) -> int:
        """The view as the journal makes it; returns the last sequence number."""
        view, last = View(self._relay["run"]), 0
        for entry in self._journal.entries():
            last = int(entry["seq"])
            self._repeats.add(entry)
            if "body" in entry:
                try:
                    calls.replay(view, entry, json.loads(entry["body"]))
                except Refusal:
                    pass  # it was right when it was journalled: a rule became stricter since
        self._view = view
        return last

    def tidy(self) -> None:
        """Removes replies that came too late."""
        self._mailbox.tidy()

    def stop_waiting(self) -> None:
        """Calls that wait for the engine are told to try again."""
        self._mailbox.close()

    def close(self) -> None:
        """No call is made durable after this."""
        self._closed = True
        self._journal.close()

    def answer(self, request: Request) -> Answer:
        """Answers one request. Raises Refusal for errors."""
        method, path = request.method, request.path
        if path.startswith("/ajax-api/"):
            path = "/api/" + path[len("/ajax-api/") :]
        if self._closed:
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", "The job is over", close=True)
        if method == "PUT" and path.startswith(UPLOAD_PREFIX):
            return self._upload(request, path)
        body = request.body(BODY_LIMIT)
        check = calls.find(method, path)
        if check is not None:
            return self._durable(request, path, body, check)
        made = calls.made_model(method, path)
        if made is not None and made[0] in self._view.models:
            return self._model_change(request, path, body, made[0], made[1])
        local = self._local(method, path)
        if local is not None:
            return local
        question = Question(method, path, request.query, request.headers, body, self._last)
        return self._mailbox.ask(question, self._otherwise(method, path, request.query))

    def _upload(self, request: Request, path: str) -> Answer:
        taken = self._uploads.take(request)
        ticket = self._uploads.enqueue("PUT", path, request.query, taken)
        try:
            self._journal.wait(ticket)
        except Refusal:
            self._uploads.drop(ticket.seq)
            raise
        self._last = max(self._last, ticket.seq)
        return json_answer({})

    def _durable(self, request: Request, path: str, body: bytes, check: calls.Check) -> Answer:
        text, call = _parse(request, body)
        repeated = self._repeats.take(request.method, path, text)
        minted: Dict[str, Any] = {} if repeated is None else dict(repeated.get("minted") or {})
        effect, changed = check(json.loads(repeated["body"]) if repeated else call, len(body), minted)
        if repeated is not None:
            with self._lock:
                return json_answer(effect(self._view))
        entry = {"method": request.method, "path": path, "query": request.query}
        if changed:
            entry["body"] = json.dumps(call, ensure_ascii=False, separators=(",", ":"))
            entry["asked"] = digest(text)
        else:
            entry["body"] = text
        if minted:
            entry["minted"] = minted
        return self._commit(entry, effect)

    def _model_change(self, request: Request, path: str, body: bytes, model_id: str, part: str) -> Answer:
        text, call = _parse(request, body)
        effect = calls.change_model(model_id, part, call)
        return self._commit({"method": request.method, "path": path, "query": request.query, "body": text}, effect)

    def _commit(self, entry: Dict[str, Any], effect: calls.Effect) -> Answer:
        with self._lock:  # the view changes in the order of the journal
            if self._failed_at is not None:
                self._recover(self._failed_at)
            result = effect(self._view)
            ticket = self._journal.enqueue(entry)
        try:
            self._journal.wait(ticket)
        except Refusal:
            self._failed_at = time.monotonic()
            raise
        self._last = max(self._last, ticket.seq)
        return json_answer(result)

    def _recover(self, failed_at: float) -> None:
        """After a call that could not be stored the view holds too much: rebuild it, once a second at most."""
        if time.monotonic() - failed_at < 1.0:
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", "The job's tracking journal cannot be written; try again later")
        self._rebuild()
        self._failed_at = None

    def _local(self, method: str, path: str) -> Optional[Answer]:
        if method not in ("GET", "HEAD"):
            return None
        if path == "/version":
            return Answer(200, VERSION.encode(), _TEXT)
        if path == "/health":
            return Answer(200, b"OK", _TEXT)
        if path == "/api/3.0/mlflow/server-info":
            return json_answer(_SERVER_INFO)
        return None

    def _otherwise(self, method: str, path: str, query: str) -> Optional[Callable[[], Answer]]:
        """How a read is answered while the engine is away; None where it has to wait."""
        if method != "GET":
            return None
        if path in ("/api/2.0/mlflow/runs/get", "/api/2.0/mlflow/metrics/get-history"):
            run_id = history.first(query, "run_id") or history.first(query, "run_uuid")
            if not run_id or self._view.run(run_id) is None:
                return None
            if path.endswith("get-history"):
                return lambda: history.answer(self._journal, str(run_id), query)
            return lambda: self._run(str(run_id))
        if path.startswith("/api/2.0/mlflow/logged-models/"):
            model_id = path.rpartition("/")[2]
            if model_id in self._view.models:
                return lambda: self._model(model_id)
        experiment = self._relay.get("experiment")
        if experiment and self._asks_for(experiment, path, query):
            return lambda: json_answer({"experiment": experiment})
        return None

    @staticmethod
    def _asks_for(experiment: Dict[str, Any], path: str, query: str) -> bool:
        if path == "/api/2.0/mlflow/experiments/get":
            return history.first(query, "experiment_id") == experiment.get("experiment_id")
        return (
            path == "/api/2.0/mlflow/experiments/get-by-name"
            and history.first(query, "experiment_name") == experiment.get("name")
        )

    def _run(self, run_id: str) -> Answer:
        with self._lock:
            run = self._view.run(run_id)
            if run is None:
                raise limits.missing("Run with id=%s not found" % run_id)
            return json_answer({"run": run.json()})

    def _model(self, model_id: str) -> Answer:
        with self._lock:
            return json_answer({"model": self._view.model(model_id).json()})


def _parse(request: Request, body: bytes) -> Any:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(400, "INVALID_PARAMETER_VALUE", "Bad Request. Content-Type must be one of ['application/json'].")
    try:
        text = body.decode("utf-8")
        call = json.loads(text) if text else {}
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refusal(400, "BAD_REQUEST", "The request body is not JSON: %s" % error) from None
    if not isinstance(call, dict):
        raise Refusal(400, "BAD_REQUEST", "The request body must be a JSON object")
    return text, call
