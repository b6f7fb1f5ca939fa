"""Logged models: the API by itself for MLflow 3, models under their run before it."""

import json

import mlflow
import numpy
from mlflow import MlflowClient
from mlflow.pyfunc import PythonModel

client = MlflowClient()
mlflow.set_experiment("models")
seen = {"version": mlflow.__version__}


class Doubler(PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input * 2


with mlflow.start_run() as run:
    dataset = mlflow.data.from_numpy(numpy.zeros((3, 2)), name="zeros")
    if mlflow.__version__.startswith("3"):
        info = mlflow.pyfunc.log_model(
            name="doubler", python_model=Doubler(), params={"p": "1"}, tags={"t": "1"}, pip_requirements=["numpy"]
        )
        mlflow.log_metric("acc", 0.9, step=1, model_id=info.model_id, dataset=dataset)
        mlflow.set_logged_model_tags(info.model_id, {"x": "y", "z": "w"})
        mlflow.delete_logged_model_tag(info.model_id, "x")
        model = mlflow.get_logged_model(info.model_id)
        seen["model"] = {
            "status": str(model.status),
            "params": model.params,
            "tags": {k: v for k, v in model.tags.items() if not k.startswith("mlflow.")},
            "metrics": [(m.key, m.value, m.dataset_name) for m in model.metrics],
        }
        for filter_string in ("metrics.acc > 0.5 AND name = 'doubler'", "metrics.acc > 0.95"):
            found = mlflow.search_logged_models(
                experiment_ids=[run.info.experiment_id], filter_string=filter_string, output_format="list"
            )
            seen.setdefault("searched", []).append(len(found))
        seen["by_id"] = float(mlflow.pyfunc.load_model(f"models:/{info.model_id}").predict(2))
        with mlflow.start_run(nested=True) as user:
            external = mlflow.initialize_logged_model(name="outside")
            mlflow.finalize_logged_model(external.model_id, "READY")
        seen["files"] = sorted(f.path for f in client.list_artifacts(run.info.run_id, "doubler"))[:2]
    else:
        info = mlflow.pyfunc.log_model("doubler", python_model=Doubler(), pip_requirements=["numpy"])
        history = json.loads(client.get_run(run.info.run_id).data.tags["mlflow.log-model.history"])
        seen["history"] = [entry["artifact_path"] for entry in history]
seen["by_run"] = float(mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/doubler").predict(2))
try:
    mlflow.register_model(info.model_uri, "registered")
except mlflow.exceptions.MlflowException as error:
    seen["registry"] = error.error_code
print(json.dumps(seen))
