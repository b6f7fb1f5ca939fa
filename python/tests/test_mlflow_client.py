"""Unmodified MLflow clients inside a job, first without an engine, then replayed into one.

SLIPWAY_TEST_MLFLOW names Python interpreters that have mlflow or mlflow-skinny (separated as PATH is); without it the
interpreter that runs the tests is tried.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import unittest
from typing import Any, Dict, List
from urllib.parse import unquote

from lab import RUN_ID, Job, LabTest, Link, until

from slipway.launcher import records

PROGRAM = r"""
import time
import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

mlflow.set_experiment("mine")
with mlflow.start_run() as run:
    assert run.info.run_id == "job1", run.info.run_id
    for step in range(20):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    mlflow.log_metrics({"acc": 0.5, "nan": float("nan"), "inf": float("inf")}, step=3)
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"depth": 3, "long": "x" * 500})
    mlflow.set_tag("stage", "test")
    mlflow.set_tags({"a": 1, "b": 2})
    mlflow.log_text("hello", "notes/hello wörld.txt")
    mlflow.log_dict({"x": [1, 2]}, "conf.json")
    client = MlflowClient()
    now = int(time.time() * 1000)
    client.log_batch("job1", [Metric("batched", i * 0.5, now, i) for i in range(500)], [Param("bp", "1")], [RunTag("bt", "2")])
    try:
        mlflow.log_param("lr", 0.2)
        raise SystemExit("a changed param was accepted")
    except mlflow.exceptions.MlflowException as error:
        assert "Changing param values is not allowed" in str(error), error
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("inner", 7)
        assert child.data.tags["mlflow.parentRunId"] == "job1"
    assert client.get_run(child.info.run_id).info.status == "FINISHED"
    seen = client.get_run("job1").data
    assert seen.params["lr"] == "0.1" and seen.tags["b"] == "2" and seen.metrics["batched"] == 249.5, seen
    assert len(client.get_metric_history("job1", "loss")) == 20
    mlflow.log_metric("late", 1, synchronous=False).wait()
    if hasattr(mlflow, "initialize_logged_model"):
        model = mlflow.initialize_logged_model("net", params={"k": "v"}, tags={"t": "u"})
        mlflow.log_metric("score", 3, model_id=model.model_id)
        mlflow.log_model_params({"more": "x"}, model_id=model.model_id)
        mlflow.set_logged_model_tags(model.model_id, {"t2": "w"})
        mlflow.finalize_logged_model(model.model_id, "READY")
        assert mlflow.get_logged_model(model.model_id).status == "READY"
        print("model", model.model_id)
print("child", child.info.run_id)
print("all good")
"""


def interpreters() -> List[str]:
    """Pythons with an MLflow client."""
    named = [path for path in os.environ.get("SLIPWAY_TEST_MLFLOW", "").split(os.pathsep) if path] or [sys.executable]
    check = [*"-c".split(), "import mlflow"]
    return [path for path in named if subprocess.call([path, *check], stderr=subprocess.DEVNULL) == 0]


class Engine:
    """The smallest thing that applies a journal: each sequence number once, whatever is sent again."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.last = 0
        self.metrics: Dict[str, List[Any]] = {}
        self.params: Dict[str, str] = {}
        self.tags: Dict[str, str] = {}
        self.runs: List[str] = []
        self.models: Dict[str, str] = {}
        self.artifacts: Dict[str, bytes] = {}
        self.offset = 0

    def catch_up(self, link: Link) -> None:
        """Applies what the link has sent since the last time."""
        data = link.bytes_of("journal", self.job)
        for line in data[self.offset :].splitlines():
            entry = json.loads(line.decode())
            if entry["seq"] > self.last:
                self.last = entry["seq"]
                self.apply(entry)
        self.offset = len(data)

    def apply(self, entry: Dict[str, Any]) -> None:
        if entry["method"] == "PUT":
            with open(os.path.join(self.job.folder, entry["file"]), "rb") as file:
                body = file.read()
            if hashlib.sha256(body).hexdigest() != entry["sha256"]:
                raise AssertionError("artifact differs from its hash")
            self.artifacts[unquote(entry["path"].partition("/artifacts/")[2])] = body
            return
        call = json.loads(entry["body"])
        name = entry["path"].rpartition("/")[2]
        if name == "create":
            self.runs.append(entry["minted"]["run_id"])
        elif name == "logged-models":
            self.models[entry["minted"]["model_id"]] = call["name"]
        if call.get("run_id") != RUN_ID:
            return
        single = {"log-metric": "metrics", "log-parameter": "params", "set-tag": "tags"}.get(name)
        for row in call.get("metrics") or ([call] if single == "metrics" else []):
            self.metrics.setdefault(row["key"], []).append((row.get("step", 0), row["value"]))
        for row in call.get("params") or ([call] if single == "params" else []):
            self.params[row["key"]] = row["value"]
        for row in call.get("tags") or ([call] if single == "tags" else []):
            self.tags[row["key"]] = row["value"]


class ClientTest(LabTest):
    def test_without_and_with_an_engine(self) -> None:
        found = interpreters()
        if not found:
            self.skipTest("no Python with mlflow: name one in SLIPWAY_TEST_MLFLOW")
        for python in found:
            with self.subTest(python=python):
                self.whole_story(python)

    def whole_story(self, python: str) -> None:
        env = {"MLFLOW_RUN_ID": RUN_ID, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "GIT_PYTHON_REFRESH": "quiet"}
        job = self.relay_job(python, "-c", PROGRAM, env=env)
        experiment = {
            "experiment_id": "1",
            "name": "mine",
            "artifact_location": "mlflow-artifacts:/1",
            "lifecycle_stage": "active",
        }
        relay = {**job.spec["relay"], "experiment": experiment}
        records.write_json(job.attempt.spec_file, {**job.spec, "relay": relay})
        job.run()
        record = job.exit(60)
        log = job.log().decode()
        self.assertEqual(record["code"], 0, log)
        self.assertIn("all good", log)
        engine = Engine(job)
        for _ in range(2):  # the second link sends everything again: nothing may be doubled
            link = self.link()
            link.watch(job)
            link.wait("exit", job)
            engine.offset = 0
            engine.catch_up(link)
            link.order(op="applied", dir=job.folder, seq=0)
        self.assertEqual([step for step, _ in engine.metrics["loss"]], list(range(20)))
        self.assertEqual(len(engine.metrics["batched"]), 500)
        self.assertEqual(str(engine.metrics["nan"][0][1]).lower(), "nan")
        self.assertEqual(engine.params["lr"], "0.1")
        self.assertEqual(engine.params["long"], "x" * 500)
        self.assertEqual((engine.tags["stage"], engine.tags["bt"]), ("test", "2"))
        self.assertEqual(len(engine.runs), 1)
        self.assertIn("child " + engine.runs[0], log)
        self.assertEqual(engine.artifacts["artifacts/1/job1/artifacts/notes/hello wörld.txt"[10:]], b"hello")
        if "model m-" in log:
            self.assertEqual(list(engine.models.values()), ["net"])
        link.order(op="applied", dir=job.folder, seq=engine.last)
        until(lambda: os.listdir(job.attempt.artifacts) == [], "artifacts freed")


if __name__ == "__main__":
    unittest.main()
