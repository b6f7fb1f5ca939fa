"""Logging, batches, async logging, searches, nested runs, datasets and artifacts, as a user writes them."""

import json
import math
import os
import tempfile

import mlflow
import numpy
from mlflow import MlflowClient

client = MlflowClient()
seen = {"version": mlflow.__version__}

mlflow.set_experiment("basics")
with mlflow.start_run(run_name="parent", tags={"team": "x"}) as run:
    run_id = run.info.run_id
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"depth": 3, "name": "a b"})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"nan": float("nan"), "inf": float("inf")}, step=2)
    mlflow.set_tags({"q": "1", "gone": "2"})
    mlflow.delete_tag("gone")
    mlflow.log_text("hello", "notes/hello.txt")
    mlflow.log_dict({"a": 1}, "d.json")
    mlflow.log_table({"x": [1, 2]}, "table.json")
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "in", "ner"))
        for name in ("top.bin", "in/ner/low.txt", "empty"):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"" if name == "empty" else name.encode())
        mlflow.log_artifacts(folder, "tree")
    dataset = mlflow.data.from_numpy(numpy.zeros((3, 2)), name="zeros")
    mlflow.log_input(dataset, context="training")
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("c", 1)
    for step in range(300):
        mlflow.log_metric("async", step, step=step, synchronous=False)
    mlflow.flush_async_logging()
    try:
        mlflow.log_param("lr", 0.2)
    except mlflow.exceptions.MlflowException as error:
        seen["param_error"] = [error.error_code, "Changing param values is not allowed" in str(error)]

found = client.get_run(run_id)
seen["status"] = found.info.status
seen["metrics"] = {k: ("nan" if math.isnan(v) else v) for k, v in found.data.metrics.items()}
seen["params"] = found.data.params
seen["tags"] = {k: v for k, v in found.data.tags.items() if not k.startswith("mlflow.")}
seen["dataset"] = [(i.dataset.name, i.tags[0].value) for i in found.inputs.dataset_inputs]
seen["history"] = [m.value for m in client.get_metric_history(run_id, "loss")]
seen["async"] = len(client.get_metric_history(run_id, "async"))
seen["listed"] = [
    sorted((f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run_id, path)) for path in (None, "tree/in")
]
path = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="tree")
seen["downloaded"] = sorted(
    os.path.relpath(os.path.join(base, name), path) for base, _, names in os.walk(path) for name in names
)
seen["table"] = len(mlflow.load_table("table.json", run_ids=[run_id]))
children = client.search_runs(
    [run.info.experiment_id], f"tags.mlflow.parentRunId = '{run_id}' and attributes.run_name = 'child'"
)
seen["children"] = [child.data.metrics for child in children]
frame = mlflow.search_runs(
    experiment_names=["basics"],
    filter_string="metrics.loss < 0.5 and params.name = 'a b' and tags.team LIKE 'x%' and dataset.name = 'zeros'",
    order_by=["metrics.loss DESC"],
)
seen["searched"] = list(frame["run_id"]) == [run_id]

for index in range(5):
    extra = client.create_run(run.info.experiment_id, run_name=f"extra-{index}")
    client.log_batch(extra.info.run_id, metrics=[mlflow.entities.Metric("i", index, 1, 0)])
    client.set_terminated(extra.info.run_id, "FAILED" if index % 2 else "KILLED")
page = client.search_runs([run.info.experiment_id], "metrics.i >= 0", max_results=2, order_by=["metrics.i DESC"])
values = []
while True:
    values += [r.data.metrics["i"] for r in page]
    if not page.token:
        break
    page = client.search_runs(
        [run.info.experiment_id], "metrics.i >= 0", max_results=2, order_by=["metrics.i DESC"], page_token=page.token
    )
seen["pages"] = values
client.delete_run(extra.info.run_id)
seen["deleted"] = client.get_run(extra.info.run_id).info.lifecycle_stage
client.restore_run(extra.info.run_id)

experiment = client.create_experiment("second", tags={"a": "b"})
client.set_experiment_tag(experiment, "c", "d")
client.rename_experiment(experiment, "renamed")
seen["experiments"] = sorted(e.name for e in client.search_experiments(filter_string="tags.a = 'b'"))
client.delete_experiment(experiment)
seen["after_delete"] = client.get_experiment(experiment).lifecycle_stage
print(json.dumps(seen))
