"""The durable calls. Each is checked as MLflow's server would, then becomes an effect on the view.

A check may shorten or complete the call; what is journalled is the call after the check.
"""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import limits, mint
from .view import ENDED, RunView, View

Call = Dict[str, Any]
Minted = Dict[str, Any]
Effect = Callable[[View], Any]
"""Applies the call to the view and returns the answer's JSON; refuses on a conflict before it changes anything."""

Check = Callable[[Call, int, Minted], Tuple[Effect, bool]]
"""(call, bytes of its body, what was minted) → (effect, whether the call was changed). Raises Refusal."""


def log_metric(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/log-metric."""
    run_id, metric = limits.run_id(call), limits.Metric(call, "")

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            run.take_metric(metric)
        return {}

    return effect, False


def _params(rows: List[Call], path: str) -> bool:
    changed = False
    for index, row in enumerate(rows):
        place = "%s[%d]." % (path, index) if path else ""
        limits.name(row.get("key"), place + "key", "Param key")
        changed = limits.shorten(row, limits.PARAM_VALUE, place + "value") or changed
    return changed


def _tags(rows: List[Call], path: str) -> bool:
    changed = False
    for index, row in enumerate(rows):
        place = "%s[%d]." % (path, index) if path else ""
        limits.name(row.get("key"), place + "key", "key")
        changed = limits.shorten(row, limits.TAG_VALUE, place + "value") or changed
    return changed


def log_parameter(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/log-parameter."""
    run_id, changed = limits.run_id(call), _params([call], "")

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            run.check_params([call])
            run.params[call["key"]] = call.get("value") or ""
        return {}

    return effect, changed


def set_tag(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/set-tag."""
    run_id, changed = limits.run_id(call), _tags([call], "")

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            run.set_tag(call["key"], call.get("value") or "")
        return {}

    return effect, changed


def delete_tag(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/delete-tag."""
    run_id, key = limits.run_id(call), limits.required(call, "key")

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            if key not in run.tags:
                words = "No tag with name: %s in run with id %s" % (key, run_id)
                raise limits.missing(words)
            del run.tags[key]
        return {}

    return effect, False


def log_batch(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/log-batch."""
    run_id = limits.run_id(call)
    rows, params, tags = (limits.rows(call, field) for field in ("metrics", "params", "tags"))
    limits.batch(rows, params, tags, size)
    metrics = [limits.Metric(row, "metrics[%d]" % index) for index, row in enumerate(rows)]
    changed = _params(params, "params")
    changed = _tags(tags, "tags") or changed
    limits.unique_params(params)

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            run.check_params(params)
            for metric in metrics:
                run.take_metric(metric)
            for row in params:
                run.params[row["key"]] = row.get("value") or ""
            for row in tags:
                run.set_tag(row["key"], row.get("value") or "")
        return {}

    return effect, changed


def update_run(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/update."""
    run_id, status = limits.run_id(call), limits.status(call.get("status"))
    end = None if call.get("end_time") is None else limits.integer(call["end_time"], "end_time")
    name = limits.text(call.get("run_name"), "run_name")

    def change(run: RunView) -> None:
        if status is not None:
            run.info["status"] = status
        if end is not None:
            run.info["end_time"] = end
        if name:
            run.set_tag("mlflow.runName", name)

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is None:
            known = RunView({"info": {"run_id": run_id, "run_uuid": run_id, "lifecycle_stage": "active"}})
            change(known)
            return {"run_info": known.info}
        change(run)
        if status in ENDED:
            view.run_ended(run)
        return {"run_info": dict(run.info)}

    return effect, False


def log_inputs(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/log-inputs."""
    run_id = limits.run_id(call)
    datasets, models = limits.rows(call, "datasets"), limits.rows(call, "models")
    limits.datasets(datasets)

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            run.add_datasets(datasets)
            run.model_inputs.extend(models)
        return {}

    return effect, False


def log_outputs(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/outputs."""
    run_id = limits.run_id(call)
    models = limits.rows(call, "models")

    def effect(view: View) -> Any:
        run = view.run(run_id)
        if run is not None:
            run.model_outputs.extend(models)
        return {}

    return effect, False


def create_run(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """runs/create: the id is made here."""
    mint.complete_run(call)
    run_id = minted.setdefault("run_id", mint.new_run_id())

    def effect(view: View) -> Any:
        run = mint.run_from(call, run_id, view.own)
        view.add_run(run)
        return {"run": run.json()}

    return effect, True


def create_model(call: Call, size: int, minted: Minted) -> Tuple[Effect, bool]:
    """logged-models: the id is made here."""
    mint.complete_model(call)
    model_id = minted.setdefault("model_id", mint.new_model_id())
    created = minted.setdefault("created_ms", int(time.time() * 1000))

    def effect(view: View) -> Any:
        model = mint.model_from(call, model_id, created, view.own)
        view.models[model_id] = model
        return {"model": model.json()}

    return effect, True


def change_model(model_id: str, part: str, call: Call) -> Effect:
    """PATCH logged-models/ID (status), PATCH …/tags and POST …/params of a model that was made here."""
    status = None
    if part == "":
        status = limits.model_status(call.get("status"))
    rows = limits.rows(call, part) if part else []
    for index, row in enumerate(rows):
        limits.name(row.get("key"), "%s[%d].key" % (part, index), "key")

    def effect(view: View) -> Any:
        model = view.model(model_id)
        if status is not None:
            model.info["status"] = status
            model.info["last_updated_timestamp_ms"] = int(time.time() * 1000)
            return {"model": model.json()}
        target = model.tags if part == "tags" else model.params
        target.update({row["key"]: row.get("value") or "" for row in rows})
        return {}

    return effect


CHECKS: Dict[str, Check] = {
    "/api/2.0/mlflow/runs/log-metric": log_metric,
    "/api/2.0/mlflow/runs/log-batch": log_batch,
    "/api/2.0/mlflow/runs/log-parameter": log_parameter,
    "/api/2.0/mlflow/runs/set-tag": set_tag,
    "/api/2.0/mlflow/runs/delete-tag": delete_tag,
    "/api/2.0/mlflow/runs/update": update_run,
    "/api/2.0/mlflow/runs/log-inputs": log_inputs,
    "/api/2.0/mlflow/runs/outputs": log_outputs,
    "/api/2.0/mlflow/runs/create": create_run,
    "/api/2.0/mlflow/logged-models": create_model,
}
_MODELS = "/api/2.0/mlflow/logged-models/"


def find(method: str, path: str) -> Optional[Check]:
    """The check of a durable call; None where the call is not durable by its address alone."""
    return CHECKS.get(path) if method == "POST" else None


def made_model(method: str, path: str) -> Optional[Tuple[str, str]]:
    """(model id, part) where the call changes one logged model in a way that can be made durable for our own models."""
    if not path.startswith(_MODELS):
        return None
    model_id, _, part = path[len(_MODELS) :].partition("/")
    known = {("PATCH", ""), ("PATCH", "tags"), ("POST", "params")}
    return (model_id, part) if model_id.startswith("m-") and (method, part) in known else None


def stored_effect(entry: Dict[str, Any]) -> Optional[Effect]:
    """The effect of a journalled call; None for those that the view does not follow. Raises Refusal as checks do."""
    if "body" not in entry:
        return None
    call = json.loads(entry["body"])
    made = made_model(entry["method"], entry["path"])
    if made is not None:
        return change_model(made[0], made[1], call)
    check = find(entry["method"], entry["path"])
    return None if check is None else check(call, 0, dict(entry.get("minted") or {}))[0]
