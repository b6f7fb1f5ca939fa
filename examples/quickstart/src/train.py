"""Trains a forest tree by tree, so that its metrics can be watched as they arrive."""

import argparse
from pathlib import Path

import mlflow
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=40)
    parser.add_argument("--test-size", type=float, default=0.25)
    parser.add_argument("--predictions", type=Path, default=Path("outputs"))
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    mlflow.autolog(log_models=False)
    data = load_breast_cancer(as_frame=True)
    train_x, test_x, train_y, test_y = train_test_split(
        data.data, data.target, test_size=arguments.test_size, random_state=7
    )
    forest = RandomForestClassifier(n_estimators=arguments.trees, random_state=7)
    forest.fit(train_x.to_numpy(), train_y)

    for trees in range(1, arguments.trees + 1):
        smaller = RandomForestClassifier(n_estimators=1)
        smaller.__dict__.update(forest.__dict__)
        smaller.estimators_ = forest.estimators_[:trees]
        chances = smaller.predict_proba(test_x.to_numpy())
        accuracy = accuracy_score(test_y, chances.argmax(axis=1))
        mlflow.log_metrics({"test_accuracy": accuracy, "test_log_loss": log_loss(test_y, chances)}, step=trees)
        print(f"trees {trees:3d}  test accuracy {accuracy:.4f}", flush=True)

    arguments.predictions.mkdir(parents=True, exist_ok=True)
    test_x.assign(predicted=forest.predict(test_x.to_numpy())).to_csv(arguments.predictions / "predictions.csv", index=False)
    Path("outputs").mkdir(exist_ok=True)
    Path("outputs/report.txt").write_text(f"accuracy {accuracy:.4f} with {arguments.trees} trees\n")


if __name__ == "__main__":
    main()
