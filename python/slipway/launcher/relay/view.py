"""What the relay knows of the job's own run and of the runs and models it made: enough to answer reads alone."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any, Dict, List, Optional, Tuple

from .limits import Metric
from .wire import Refusal, invalid

RUN_NAME = "mlflow.runName"
ENDED = ("FINISHED", "FAILED", "KILLED")
KEPT_ENDED_RUNS = 500
"""Ended child runs that stay readable without the engine; older ones are left to the engine."""


def _shown(value: float) -> Any:
    return "NaN" if math.isnan(value) else value


def metric_row(key: str, value: float, timestamp: int, step: int) -> Dict[str, Any]:
    """A metric as the REST API writes it."""
    return {"key": key, "value": _shown(value), "timestamp": timestamp, "step": step}


class RunView:
    """One run: latest metric of each key, params, tags, inputs, outputs."""

    __slots__ = ("info", "metrics", "params", "tags", "datasets", "model_inputs", "model_outputs")

    def __init__(self, run: Dict[str, Any]) -> None:
        data = run.get("data") or {}
        inputs = run.get("inputs") or {}
        self.info: Dict[str, Any] = dict(run.get("info") or {})
        self.metrics: Dict[str, Tuple[int, int, float, float]] = {}
        for row in data.get("metrics") or ():
            self.take_metric(Metric(row, ""))
        self.params: Dict[str, str] = {row["key"]: row.get("value", "") for row in data.get("params") or ()}
        self.tags: Dict[str, str] = {row["key"]: row.get("value", "") for row in data.get("tags") or ()}
        self.datasets: List[Any] = list(inputs.get("dataset_inputs") or ())
        self.model_inputs: List[Any] = list(inputs.get("model_inputs") or ())
        self.model_outputs: List[Any] = list((run.get("outputs") or {}).get("model_outputs") or ())

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.info.get("run_id") or self.info.get("run_uuid"))

    def take_metric(self, metric: Metric) -> None:
        """Keeps it where it is the latest of its key: by step, then timestamp, then value (NaN counts as 0)."""
        value = metric.value
        rank = 0.0 if value != value else value
        found = self.metrics.get(metric.key)
        if found is None or (metric.step, metric.timestamp, rank) > found[:3]:
            self.metrics[metric.key] = (metric.step, metric.timestamp, rank, value)

    def check_params(self, rows: List[Dict[str, Any]]) -> None:
        """Refuses another value for a param that is set."""
        for row in rows:
            old = self.params.get(row["key"])
            new = row.get("value") or ""
            if old is not None and old != new:
                raise invalid(
                    "Changing param values is not allowed. Param with key='%s' was already logged with value='%s' for "
                    "run ID='%s'. Attempted logging new value '%s'." % (row["key"], old, self.id, new)
                )

    def set_tag(self, key: str, value: str) -> None:
        """Sets a tag; the run's name mirrors its tag."""
        self.tags[key] = value
        if key == RUN_NAME:
            self.info["run_name"] = value

    def add_datasets(self, inputs: List[Any]) -> None:
        """Adds dataset inputs; one with the same name and digest is there once."""
        known = {(row["dataset"]["name"], row["dataset"]["digest"]) for row in self.datasets}
        for row in inputs:
            key = (row["dataset"]["name"], row["dataset"]["digest"])
            if key not in known:
                known.add(key)
                self.datasets.append(row)

    def json(self) -> Dict[str, Any]:
        """The run as runs/get answers it; empty parts are left out."""
        data: Dict[str, Any] = {}
        if self.metrics:
            data["metrics"] = [metric_row(key, row[3], row[1], row[0]) for key, row in self.metrics.items()]
        if self.params:
            data["params"] = [{"key": key, "value": value} for key, value in self.params.items()]
        if self.tags:
            data["tags"] = [{"key": key, "value": value} for key, value in self.tags.items()]
        inputs = {"dataset_inputs": self.datasets, "model_inputs": self.model_inputs}
        run = {"info": self.info, "data": data, "inputs": {name: rows for name, rows in inputs.items() if rows}}
        if self.model_outputs:
            run["outputs"] = {"model_outputs": self.model_outputs}
        return run


class ModelView:
    """One logged model that the relay made."""

    __slots__ = ("info", "params", "tags")

    def __init__(self, model: Dict[str, Any]) -> None:
        self.info: Dict[str, Any] = dict(model["info"])
        self.tags = {row["key"]: row.get("value", "") for row in self.info.pop("tags", None) or ()}
        self.params = {row["key"]: row.get("value", "") for row in (model.get("data") or {}).get("params") or ()}

    def json(self) -> Dict[str, Any]:
        """The model as logged-models answers it."""
        info = dict(self.info)
        if self.tags:
            info["tags"] = [{"key": key, "value": value} for key, value in self.tags.items()]
        data = {"params": [{"key": key, "value": value} for key, value in self.params.items()]} if self.params else {}
        return {"info": info, "data": data}


class View:
    """All that is known. Its owner holds the lock."""

    def __init__(self, own_run: Dict[str, Any]) -> None:
        self.own = RunView(own_run)
        self._made: "OrderedDict[str, RunView]" = OrderedDict()
        self.models: Dict[str, ModelView] = {}

    def run(self, run_id: str) -> Optional[RunView]:
        """The run, where this relay knows it."""
        return self.own if run_id == self.own.id else self._made.get(run_id)

    def add_run(self, run: RunView) -> None:
        """A run that this relay made."""
        self._made[run.id] = run

    def run_ended(self, run: RunView) -> None:
        """Lets go of the oldest ended child runs, so that a sweep of thousands does not fill the memory."""
        if run is self.own or run.id not in self._made:
            return
        self._made.move_to_end(run.id)
        if len(self._made) <= KEPT_ENDED_RUNS:
            return
        for run_id, old in list(self._made.items()):
            if len(self._made) <= KEPT_ENDED_RUNS:
                return
            if old.info.get("status") in ENDED:
                del self._made[run_id]

    def json(self) -> Dict[str, Any]:
        """Everything, for a checkpoint."""
        made = [run.json() for run in self._made.values()]
        return {"own": self.own.json(), "made": made, "models": [model.json() for model in self.models.values()]}

    @staticmethod
    def from_json(saved: Dict[str, Any]) -> "View":
        """A view from its checkpoint."""
        view = View(saved["own"])
        for run in saved["made"]:
            view.add_run(RunView(run))
        for model in saved["models"]:
            view.models[str(model["info"]["model_id"])] = ModelView(model)
        return view

    def model(self, model_id: str) -> ModelView:
        """A model that this relay made; 404 otherwise."""
        found = self.models.get(model_id)
        if found is None:
            raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", "Logged model with ID '%s' not found." % model_id)
        return found
