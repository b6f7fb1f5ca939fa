"""Autologging of scikit-learn, XGBoost and LightGBM, and loading what they left."""

import json
import warnings

import lightgbm
import mlflow
import numpy
import sklearn.linear_model
import xgboost
from mlflow import MlflowClient

warnings.filterwarnings("ignore")
client = MlflowClient()
mlflow.set_experiment("autolog")
random = numpy.random.default_rng(0)
X = random.normal(size=(60, 3))
y = (X[:, 0] > 0).astype(int)
seen = {"version": mlflow.__version__}


def left(run):
    found = client.get_run(run.info.run_id)
    return {
        "status": found.info.status,
        "metrics": sorted(found.data.metrics),
        "params": len(found.data.params),
        "datasets": len(found.inputs.dataset_inputs),
        "models": len(found.outputs.model_outputs) if getattr(found, "outputs", None) else 0,
        "files": sorted(f.path for f in client.list_artifacts(run.info.run_id)),
    }


mlflow.sklearn.autolog()
with mlflow.start_run() as run:
    model = sklearn.linear_model.LogisticRegression().fit(X, y)
    model.score(X, y)
seen["sklearn"] = left(run)
loaded = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")
seen["loaded"] = bool((loaded.predict(X) == model.predict(X)).all())
predictor = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
seen["predicted"] = bool((predictor.predict(X) == model.predict(X)).all())
mlflow.sklearn.autolog(disable=True)

mlflow.xgboost.autolog()
with mlflow.start_run() as run:
    data = xgboost.DMatrix(X, label=y)
    xgboost.train({"objective": "binary:logistic"}, data, num_boost_round=3, evals=[(data, "train")])
seen["xgboost"] = left(run)
mlflow.xgboost.autolog(disable=True)

mlflow.lightgbm.autolog()
with mlflow.start_run() as run:
    data = lightgbm.Dataset(X, label=y)
    lightgbm.train({"objective": "binary", "verbose": -1}, data, num_boost_round=3, valid_sets=[data])
seen["lightgbm"] = left(run)
mlflow.lightgbm.autolog(disable=True)
print(json.dumps(seen))
