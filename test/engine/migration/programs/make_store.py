"""Fills the MLflow store of a URI with one of everything."""

import sys

import mlflow
import numpy as np
from mlflow import MlflowClient

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()
mlflow.set_experiment("team/α one")
with mlflow.start_run(run_name="parent"):
    mlflow.log_params({"lr": "0.1", "lines": "a\nb", "d/e": "x"})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metric("val/acc", float("nan") if step == 2 else step, step=step)
    mlflow.log_metric("neg", -1e-9, step=-3)
    mlflow.set_tag("team", "x")
    mlflow.log_text("hello", "notes/a b.txt")
    mlflow.log_text("", "empty")
    mlflow.log_input(mlflow.data.from_numpy(np.zeros((2, 2)), name="zeros"), context="training")
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("c", 1)
if hasattr(client, "create_logged_model"):
    from sklearn.linear_model import LinearRegression

    with mlflow.start_run(run_name="modeller"):
        fitted = LinearRegression().fit([[0], [1]], [0, 1])
        info = mlflow.sklearn.log_model(fitted, name="lin", params={"p": "1"})
        mlflow.log_metric("r2", 0.9, step=1, model_id=info.model_id)
with mlflow.start_run(run_name="gone") as gone:
    pass
client.delete_run(gone.info.run_id)
deleted = client.create_experiment("deleted experiment")
client.set_terminated(client.create_run(deleted).info.run_id, "FAILED")
client.delete_experiment(deleted)
client.set_experiment_tag(client.get_experiment_by_name("team/α one").experiment_id, "note", "v")
