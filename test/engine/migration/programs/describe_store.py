"""Prints all that an MLflow client sees of a store, in a form that does not depend on where the store lies."""

import hashlib
import json
import os
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()


def plain(value):
    return "nan" if value != value else value


def files_of(run):
    with tempfile.TemporaryDirectory() as folder:
        if not client.list_artifacts(run.info.run_id):
            return {}
        root = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path=folder)
        found = {}
        for at, _, names in os.walk(root):
            for name in names:
                path = os.path.join(at, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, root)] = hashlib.sha256(file.read()).hexdigest()
        return found


def describe_run(run):
    info = run.info
    history = {
        key: sorted([point.step, point.timestamp, str(plain(point.value))] for point in client.get_metric_history(info.run_id, key))
        for key in run.data.metrics
    }
    models = {}
    if getattr(run, "outputs", None):
        models["outputs"] = [[model.model_id, model.step] for model in run.outputs.model_outputs]
    return {
        "name": info.run_name,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "user": info.user_id,
        "times": [info.start_time, info.end_time],
        "params": run.data.params,
        "tags": run.data.tags,
        "latest": {key: str(plain(value)) for key, value in run.data.metrics.items()},
        "history": history,
        "datasets": [
            [each.dataset.name, each.dataset.digest, each.dataset.source_type, each.dataset.source, each.dataset.schema]
            + [each.dataset.profile, [[tag.key, tag.value] for tag in each.tags]]
            for each in run.inputs.dataset_inputs
        ],
        **models,
        "files": files_of(run) if info.lifecycle_stage == "active" else None,
    }


def describe_model(model):
    model = client.get_logged_model(model.model_id)
    with tempfile.TemporaryDirectory() as folder:
        root = mlflow.artifacts.download_artifacts(f"models:/{model.model_id}", dst_path=folder)
        files = sorted(os.listdir(root))
    return {
        "name": model.name,
        "status": str(model.status),
        "times": [model.creation_timestamp, model.last_updated_timestamp],
        "run": model.source_run_id,
        "params": model.params,
        "tags": {key: value for key, value in model.tags.items()},
        "metrics": [[each.key, each.value, each.step, each.run_id] for each in model.metrics or []],
        "files": files,
    }


out = {}
for experiment in client.search_experiments(view_type=ViewType.ALL):
    if experiment.name == "Default":
        continue
    runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
    models = []
    if hasattr(client, "search_logged_models") and experiment.lifecycle_stage == "active":
        models = client.search_logged_models([experiment.experiment_id])
    out[experiment.name] = {
        "stage": experiment.lifecycle_stage,
        "created": experiment.creation_time,
        "tags": experiment.tags,
        "runs": {run.info.run_id: describe_run(run) for run in runs},
        "models": {model.model_id: describe_model(model) for model in models},
    }
print(json.dumps(out))
