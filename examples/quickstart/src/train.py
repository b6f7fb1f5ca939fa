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
    data = load_breast_cancer(as_frame=True)
    train_x, test_x, train_y, test_y = train_test_split(
        data.data, data.target, test_size=arguments.test_size, random_state=7
    )
    mlflow.autolog(log_models=False)
    # Resumes the job's own run; without it the run that autolog begins ends with `fit`.
    with mlflow.start_run():
        forest = RandomForestClassifier(n_estimators=arguments.trees, random_state=7)
        forest.fit(train_x.to_numpy(), train_y)
        accuracy = log_tree_by_tree(forest, test_x.to_numpy(), test_y)

    arguments.predictions.mkdir(parents=True, exist_ok=True)
    test_x.assign(predicted=forest.predict(test_x.to_numpy())).to_csv(
        arguments.predictions / "predictions.csv", index=False
    )
    Path("outputs").mkdir(exist_ok=True)
    Path("outputs/report.txt").write_text(f"accuracy {accuracy:.4f} with {arguments.trees} trees\n")


def log_tree_by_tree(forest: RandomForestClassifier, features, labels) -> float:
    """Logs how good the first tree is, the first two, and so on. Returns the whole forest's accuracy."""
    chances = 0
    for count, tree in enumerate(forest.estimators_, start=1):
        chances = chances + tree.predict_proba(features)
        mean = chances / count
        accuracy = accuracy_score(labels, mean.argmax(axis=1))
        mlflow.log_metrics({"test_accuracy": accuracy, "test_log_loss": log_loss(labels, mean)}, step=count)
        print(f"trees {count:3d}  test accuracy {accuracy:.4f}", flush=True)
    return accuracy


if __name__ == "__main__":
    main()
