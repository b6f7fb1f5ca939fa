"""New runs and logged models, made here with the ids that the engine will use."""

from __future__ import annotations

import random
import time
import uuid
from typing import Any, Dict

from . import limits
from .view import RUN_NAME, ModelView, RunView
from .wire import invalid

_FIRST = "able bold calm deft eager fair glad keen lively merry noble proud quick sharp swift wise".split()
_SECOND = "bream crane deer eagle finch goose heron ibis jay koi lark mole newt otter perch quail".split()
_BAD_IN_MODEL_NAME = ("/", ":", ".", "%", '"', "'")


def random_name() -> str:
    """A name for a person, as MLflow gives one to nameless runs."""
    return "%s-%s-%d" % (random.choice(_FIRST), random.choice(_SECOND), random.randrange(1000))


def new_run_id() -> str:
    """A fresh run id."""
    return uuid.uuid4().hex


def new_model_id() -> str:
    """A fresh logged model id."""
    return "m-" + uuid.uuid4().hex


def artifact_root(own: RunView, experiment_id: str) -> str:
    """Where the artifacts of an experiment are, by the pattern of the own run's."""
    uri = str(own.info.get("artifact_uri") or "")
    tail = "/%s/%s/artifacts" % (own.info.get("experiment_id"), own.id)
    prefix = uri[: -len(tail)] if uri.endswith(tail) else "mlflow-artifacts:"
    return "%s/%s" % (prefix, experiment_id)


def complete_run(call: Dict[str, Any]) -> None:
    """Fills in what MLflow would choose (name, start), so that engine and relay choose the same. Refuses bad calls."""
    tags = limits.rows(call, "tags")
    for index, tag in enumerate(tags):
        limits.name(tag.get("key"), "tags[%d].key" % index, "key")
        limits.shorten(tag, limits.TAG_VALUE, "tags[%d].value" % index)
    named = next((tag.get("value") for tag in tags if tag.get("key") == RUN_NAME), None)
    given = limits.text(call.get("run_name"), "run_name")
    if given and named and given != named:
        raise invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            "(run_name='%s', mlflow.runName='%s')." % (given, named)
        )
    call["run_name"] = given or named or random_name()
    if not named:
        call["tags"] = [*tags, {"key": RUN_NAME, "value": call["run_name"]}]
    start = limits.integer(call.get("start_time") or 0, "start_time")
    call["start_time"] = start or int(time.time() * 1000)
    limits.text(call.get("user_id"), "user_id")


def run_from(call: Dict[str, Any], run_id: str, own: RunView) -> RunView:
    """The run of a completed runs/create."""
    experiment = str(call.get("experiment_id") or "0")
    info = {
        "run_uuid": run_id,
        "run_id": run_id,
        "run_name": call["run_name"],
        "experiment_id": experiment,
        "user_id": call.get("user_id") or "",
        "status": "RUNNING",
        "start_time": call["start_time"],
        "artifact_uri": "%s/%s/artifacts" % (artifact_root(own, experiment), run_id),
        "lifecycle_stage": "active",
    }
    return RunView({"info": info, "data": {"tags": call["tags"]}})


def complete_model(call: Dict[str, Any]) -> None:
    """As `complete_run`, for a logged model."""
    limits.required(call, "experiment_id")
    given = limits.text(call.get("name"), "name")
    if any(bad in given for bad in _BAD_IN_MODEL_NAME):
        raise invalid(
            "Invalid model name (%r) provided. Model name must be a non-empty string and cannot contain the following "
            "characters: %s" % (given, _BAD_IN_MODEL_NAME)
        )
    call["name"] = given or random_name()
    for field in ("tags", "params"):
        for index, row in enumerate(limits.rows(call, field)):
            limits.name(row.get("key"), "%s[%d].key" % (field, index), "key")


def model_from(call: Dict[str, Any], model_id: str, created_ms: int, own: RunView) -> ModelView:
    """The model of a completed logged-models create."""
    experiment = str(call["experiment_id"])
    info: Dict[str, Any] = {
        "model_id": model_id,
        "experiment_id": experiment,
        "name": call["name"],
        "creation_timestamp_ms": created_ms,
        "last_updated_timestamp_ms": created_ms,
        "artifact_uri": "%s/models/%s/artifacts" % (artifact_root(own, experiment), model_id),
        "status": "LOGGED_MODEL_PENDING",
        "tags": call.get("tags") or [],
    }
    for field in ("model_type", "source_run_id"):
        if call.get(field):
            info[field] = call[field]
    return ModelView({"info": info, "data": {"params": call.get("params") or []}})
