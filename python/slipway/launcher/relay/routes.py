"""Which call is answered here, which is journalled, and which goes to the engine."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Optional

from ..attempt import Attempt
from . import calls, history
from .ledger import Ledger
from .mailbox import Mailbox, Question
from .repeats import digest
from .uploads import PREFIX as UPLOAD_PREFIX
from .uploads import Uploads
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
        self._experiment: Optional[Dict[str, Any]] = relay.get("experiment")
        self._ledger = Ledger(attempt, relay["run"])
        self._uploads = Uploads(attempt, self._ledger)
        wait = relay.get("wait_s")
        self._mailbox = Mailbox(attempt, 60.0 if wait is None else float(wait))
        self._closed = False

    def tidy(self) -> None:
        """Removes replies that came too late, and notes the view now and then."""
        self._mailbox.tidy()
        self._ledger.checkpoint()

    def stop_waiting(self) -> None:
        """Calls that wait for the engine are told to try again."""
        self._mailbox.close()

    def close(self) -> None:
        """No call is made durable after this."""
        self._closed = True
        self._ledger.close()

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
        if made is not None and made[0] in self._ledger.view.models:
            return self._model_change(request, path, body, made[0], made[1])
        local = self._local(method, path)
        if local is not None:
            return local
        question = Question(method, path, request.query, request.headers, body, self._ledger.last)
        return self._mailbox.ask(question, self._otherwise(method, path, request.query))

    def _upload(self, request: Request, path: str) -> Answer:
        self._uploads.store("PUT", path, request.query, self._uploads.take(request))
        return json_answer({})

    def _durable(self, request: Request, path: str, body: bytes, check: calls.Check) -> Answer:
        text, call = _parse(request, body)
        stored = self._ledger.repeated(request.method, path, text)
        if stored is not None:
            return json_answer(stored)
        minted: Dict[str, Any] = {}
        effect, changed = check(call, len(body), minted)
        entry: Dict[str, Any] = {"method": request.method, "path": path, "query": request.query}
        if changed:
            entry["body"] = json.dumps(call, ensure_ascii=False, separators=(",", ":"))
            entry["asked"] = digest(text)
        else:
            entry["body"] = text
        if minted:
            entry["minted"] = minted
        return json_answer(self._ledger.commit(entry, effect))

    def _model_change(self, request: Request, path: str, body: bytes, model_id: str, part: str) -> Answer:
        text, call = _parse(request, body)
        effect = calls.change_model(model_id, part, call)
        entry = {"method": request.method, "path": path, "query": request.query, "body": text}
        return json_answer(self._ledger.commit(entry, effect))

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
        ledger = self._ledger
        if path in ("/api/2.0/mlflow/runs/get", "/api/2.0/mlflow/metrics/get-history"):
            run_id = history.first(query, "run_id") or history.first(query, "run_uuid") or ""
            if ledger.view.run(run_id) is None:
                return None
            if path.endswith("get-history"):
                return lambda: history.answer(ledger.journal, run_id, query)
            return lambda: json_answer({"run": ledger.run(run_id)})
        if path.startswith("/api/2.0/mlflow/logged-models/"):
            model_id = path.rpartition("/")[2]
            if model_id in ledger.view.models:
                return lambda: json_answer({"model": ledger.model(model_id)})
        experiment = self._experiment
        if experiment and self._asks_for(experiment, path, query):
            return lambda: json_answer({"experiment": experiment})
        return None

    @staticmethod
    def _asks_for(experiment: Dict[str, Any], path: str, query: str) -> bool:
        if path == "/api/2.0/mlflow/experiments/get":
            return history.first(query, "experiment_id") == experiment.get("experiment_id")
        return path == "/api/2.0/mlflow/experiments/get-by-name" and history.first(
            query, "experiment_name"
        ) == experiment.get("name")


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
