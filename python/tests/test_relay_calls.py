"""Calls of the job while no engine is there."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import socket
import unittest
from typing import Any, Dict

import lab
from lab import OWN_RUN, RUN_ID, TOKEN, Job, LabTest, until

API = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"


class RelayTest(LabTest):
    job: Job

    def setUp(self) -> None:
        super().setUp()
        self.it = self.relay_job(wait_s=0.3)
        self.it.run()
        self.door = self.it.door()

    def run_json(self, run_id: str = RUN_ID) -> Dict[str, Any]:
        status, answer = self.door.call("GET", API + "runs/get?run_id=" + run_id)
        self.assertEqual(status, 200, answer)
        run: Dict[str, Any] = answer["run"]
        return run

    def refused(self, answer: Any, words: str, status: int = 400, code: str = "INVALID_PARAMETER_VALUE") -> None:
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["error_code"], code)
        self.assertIn(words, answer[1]["message"])

    def test_durable_calls_change_the_view_and_the_journal(self) -> None:
        before = self.run_json()
        self.assertEqual(before["info"], OWN_RUN["info"])
        ok = (200, {})
        self.assertEqual(self.door.run_call("log-metric", key="loss", value=0.5, timestamp=10, step=1), ok)
        self.assertEqual(self.door.run_call("log-metric", key="loss", value="NaN", timestamp=11, step=2), ok)
        self.assertEqual(self.door.run_call("log-metric", key="loss", value=9, timestamp=12, step=0), ok)
        self.assertEqual(self.door.run_call("log-metric", key="up", value="Infinity", timestamp="12"), ok)
        self.assertEqual(self.door.run_call("log-parameter", key="lr", value="0.1"), ok)
        self.assertEqual(self.door.run_call("log-parameter", key="lr", value="0.1"), ok)
        self.assertEqual(self.door.run_call("set-tag", key="t", value="v"), ok)
        self.assertEqual(self.door.run_call("set-tag", key="gone", value="v"), ok)
        self.assertEqual(self.door.run_call("delete-tag", key="gone"), ok)
        batch = {
            "metrics": [{"key": "acc", "value": 1, "timestamp": 5, "step": 3}],
            "params": [{"key": "p", "value": "q"}],
        }
        self.assertEqual(self.door.run_call("log-batch", **batch, tags=[{"key": "t2", "value": "w"}]), ok)
        dataset = {"name": "d", "digest": "abc", "source_type": "local", "source": "{}"}
        self.assertEqual(self.door.run_call("log-inputs", datasets=[{"dataset": dataset, "tags": []}]), ok)
        status, answer = self.door.run_call("update", status="FINISHED", end_time=99, run_name="renamed")
        self.assertEqual((status, answer["run_info"]["status"], answer["run_info"]["end_time"]), (200, "FINISHED", 99))
        run = self.run_json()
        metrics = {row["key"]: row for row in run["data"]["metrics"]}
        self.assertEqual(metrics["loss"], {"key": "loss", "value": "NaN", "timestamp": 11, "step": 2})
        self.assertEqual(metrics["up"]["value"], 1.7976931348623157e308)
        self.assertEqual(metrics["acc"]["step"], 3)
        self.assertEqual({row["key"]: row["value"] for row in run["data"]["params"]}, {"lr": "0.1", "p": "q"})
        tags = {row["key"]: row["value"] for row in run["data"]["tags"]}
        self.assertEqual(tags, {"mlflow.runName": "renamed", "t": "v", "t2": "w"})
        self.assertEqual(run["inputs"]["dataset_inputs"][0]["dataset"], dataset)
        self.assertEqual(run["info"]["run_name"], "renamed")
        journal = self.it.journal()
        self.assertEqual([entry["seq"] for entry in journal], list(range(1, len(journal) + 1)))
        self.assertEqual(len(journal), 12)
        self.assertEqual(
            json.loads(journal[0]["body"]), {"run_id": RUN_ID, "key": "loss", "value": 0.5, "timestamp": 10, "step": 1}
        )
        self.it.kill(self.it.agent())  # the next one reads all this from the journal
        until(self.again, "relay back")
        self.assertEqual(self.run_json(), run)

    def again(self) -> bool:
        """A new connection, once the next agent answers."""
        try:
            self.door = self.it.door()
            return bool(self.door.call("GET", "/health")[0] == 200)
        except ConnectionError:
            return False

    def test_a_long_journal_is_not_read_again(self) -> None:
        rows = [{"key": "m%d" % (n % 7), "value": n, "timestamp": n, "step": n} for n in range(1000)]
        self.door.call("POST", API + "runs/create", {"experiment_id": "1", "run_name": "child"})
        while os.stat(self.it.attempt.journal_file).st_size < 5_000_000:
            self.assertEqual(self.door.run_call("log-batch", metrics=rows)[0], 200)
        checkpoint = self.it.attempt.path("relay", "view.json")
        saved = until(lambda: lab.records.read_json(checkpoint), "checkpoint")
        self.door.run_call("log-parameter", key="after", value="1")
        before = self.run_json()
        self.it.kill(self.it.agent())
        until(self.again, "relay back")
        self.assertEqual(self.run_json(), before)
        self.assertEqual(self.run_json(self.it.journal()[0]["minted"]["run_id"])["info"]["run_name"], "child")
        self.assertEqual(self.door.run_call("log-parameter", key="after", value="2")[0], 400)
        self.assertGreater(saved["offset"], 4_000_000)

    def test_history_by_pages(self) -> None:
        for step in range(5):
            self.door.run_call("log-metric", key="loss", value=step, timestamp=step, step=step)
        rows = [{"key": "loss", "value": 9, "timestamp": 9, "step": step} for step in (5, 6)]
        self.door.run_call("log-batch", metrics=[*rows, {"key": "lossy", "value": 1, "timestamp": 1}])
        steps, token = [], ""
        for _ in range(4):
            path = "%smetrics/get-history?run_id=%s&metric_key=loss&max_results=3%s" % (API, RUN_ID, token)
            status, answer = self.door.call("GET", path)
            self.assertEqual(status, 200)
            steps += [row["step"] for row in answer["metrics"]]
            if "next_page_token" not in answer:
                break
            token = "&page_token=" + answer["next_page_token"]
        self.assertEqual(steps, list(range(7)))

    def test_refusals_are_mlflows_and_leave_no_trace(self) -> None:
        call = self.door.run_call
        call("log-parameter", key="lr", value="1")
        before = self.it.journal()
        changing = call("log-parameter", key="lr", value="2")
        self.refused(
            changing, "Changing param values is not allowed. Param with key='lr' was already logged with value='1'"
        )
        self.refused(call("log-batch", params=[{"key": "lr", "value": "2"}]), "Changing param values is not allowed")
        twice = [{"key": "x", "value": "1"}, {"key": "x", "value": "2"}]
        self.refused(call("log-batch", params=twice), "Duplicate parameter keys have been submitted: ['x']")
        rows = [{"key": "m", "value": 1, "timestamp": 1, "step": step} for step in range(1001)]
        self.refused(call("log-batch", metrics=rows), "at most 1000 metrics. Got 1001 metrics")
        rows = [{"key": "p%d" % number, "value": "v"} for number in range(101)]
        self.refused(call("log-batch", params=rows), "at most 100 params")
        self.refused(call("log-batch", tags=[{"key": "t", "value": "x" * 1_000_001}]), "at most 1000000 bytes")
        self.refused(call("log-metric", key="m", timestamp=1), "Missing value for required parameter 'value'")
        self.refused(call("log-metric", key="m", value=1), "Missing value for required parameter 'timestamp'")
        self.refused(call("log-metric", key="m", value="x", timestamp=1), "Invalid value \"x\" for parameter 'value'")
        self.refused(call("log-metric", key="m", value=1, timestamp=-1), "nonnegative")
        self.refused(call("log-metric", key="m", value=1, timestamp=1, step=1.5), "parameter 'step'")
        self.refused(call("log-metric", key="a\nb", value=1, timestamp=1), "Names may only contain")
        self.refused(call("log-metric", key="../x", value=1, timestamp=1), "must not resolve to other names")
        self.refused(call("log-metric", key="k" * 251, value=1, timestamp=1), "exceeds the maximum length of 250")
        self.refused(call("update", status="WAT"), "parameter 'status'")
        self.refused(call("delete-tag", key="no"), "No tag with name: no", 404, "RESOURCE_DOES_NOT_EXIST")
        self.refused(
            self.door.call("POST", API + "runs/log-metric", {"key": "m"}),
            "Missing value for required parameter 'run_id'",
        )
        self.refused(self.door.call("POST", API + "runs/log-metric", b"{"), "not JSON", 400, "BAD_REQUEST")
        self.refused(self.door.call("POST", API + "runs/log-metric", b"\xff"), "not JSON", 400, "BAD_REQUEST")
        text = {"Content-Type": "text/plain"}
        self.refused(self.door.call("POST", API + "runs/log-metric", b"{}", text), "Content-Type must be")
        self.assertEqual(self.it.journal(), before)

    def test_long_values_are_cut_as_mlflow_cuts_them(self) -> None:
        self.door.run_call("log-parameter", key="p", value="x" * 6001)
        self.door.run_call("log-batch", tags=[{"key": "t", "value": "y" * 8001}])
        bodies = [json.loads(entry["body"]) for entry in self.it.journal()]
        self.assertEqual(len(bodies[0]["value"]), 6000)
        self.assertEqual(len(bodies[1]["tags"][0]["value"]), 8000)

    def test_nested_run_and_model_are_made_here(self) -> None:
        parent = [{"key": "mlflow.parentRunId", "value": RUN_ID}]
        status, answer = self.door.call(
            "POST", API + "runs/create", {"experiment_id": "1", "start_time": 7, "tags": parent}
        )
        self.assertEqual(status, 200)
        info = answer["run"]["info"]
        self.assertEqual(info["run_id"], info["run_uuid"])
        self.assertEqual(info["artifact_uri"], "mlflow-artifacts:/1/%s/artifacts" % info["run_id"])
        self.assertEqual((info["status"], info["start_time"]), ("RUNNING", 7))
        entry = self.it.journal()[0]
        self.assertEqual(entry["minted"], {"run_id": info["run_id"]})
        self.assertEqual(json.loads(entry["body"])["run_name"], info["run_name"])
        metric = {"run_id": info["run_id"], "key": "m", "value": 1, "timestamp": 1}
        self.assertEqual(self.door.call("POST", API + "runs/log-metric", metric)[0], 200)
        self.assertEqual(self.run_json(info["run_id"])["data"]["metrics"][0]["value"], 1.0)
        self.assertIn(
            {"key": "mlflow.runName", "value": info["run_name"]}, self.run_json(info["run_id"])["data"]["tags"]
        )
        body = {"experiment_id": "1", "name": "model", "source_run_id": RUN_ID, "params": [{"key": "a", "value": "b"}]}
        status, answer = self.door.call("POST", API + "logged-models", body)
        model = answer["model"]["info"]
        self.assertRegex(model["model_id"], r"\Am-[0-9a-f]{32}\Z")
        self.assertEqual(model["status"], "LOGGED_MODEL_PENDING")
        self.assertEqual(model["artifact_uri"], "mlflow-artifacts:/1/models/%s/artifacts" % model["model_id"])
        path = API + "logged-models/" + model["model_id"]
        self.assertEqual(self.door.call("PATCH", path + "/tags", {"tags": [{"key": "t", "value": "v"}]}), (200, {}))
        status, answer = self.door.call("PATCH", path, {"model_id": model["model_id"], "status": "LOGGED_MODEL_READY"})
        self.assertEqual((status, answer["model"]["info"]["status"]), (200, "LOGGED_MODEL_READY"))
        status, answer = self.door.call("GET", path)
        self.assertEqual(answer["model"]["data"]["params"], [{"key": "a", "value": "b"}])
        outputs = [{"model_id": model["model_id"], "step": 0}]
        self.assertEqual(self.door.run_call("outputs", models=outputs), (200, {}))
        self.assertEqual(self.run_json()["outputs"]["model_outputs"], outputs)

    def test_artifacts_stream_to_the_disk(self) -> None:
        data = os.urandom(3_000_000)
        kind = {"Content-Type": "application/x-thing"}
        self.assertEqual(self.door.call("PUT", ARTIFACTS + "1/job1/artifacts/a%20b/c.bin", data, kind)[0], 200)
        chunked = {"Transfer-Encoding": "chunked", "Content-Length": None}
        request = self.door.encode(
            "PUT", ARTIFACTS + "1/job1/artifacts/d", b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", chunked
        )
        self.assertEqual(self.door.send(request)[0], 200)
        first, second = self.it.journal()
        self.assertEqual(first["sha256"], hashlib.sha256(data).hexdigest())
        self.assertEqual((first["size"], first["content_type"]), (len(data), "application/x-thing"))
        self.assertEqual(first["path"], ARTIFACTS + "1/job1/artifacts/a%20b/c.bin")
        with open(os.path.join(self.it.folder, second["file"]), "rb") as file:
            self.assertEqual(file.read(), b"hello world")
        link = self.link()
        link.watch(self.it)
        link.order(op="applied", dir=self.it.folder, seq=1)
        until(lambda: os.listdir(self.it.attempt.artifacts) == ["2"], "applied artifact deleted")

    def test_paths_that_would_escape(self) -> None:
        for path in (
            "../x",
            "%2e%2e/x",
            "a/%252e%252e/x",
            "a%5c..%5cx",
            "/etc/passwd",
            "%2Fetc",
            "a/%00",
            "a%23b",
            "C:/x",
            "a//b",
            ".",
        ):
            with self.subTest(path=path):
                self.refused(self.door.call("PUT", ARTIFACTS + path, b"x"), "Invalid path")
                self.door = self.it.door()
        self.assertEqual(os.listdir(self.it.attempt.artifacts), [])

    def test_the_rest_waits_for_the_engine(self) -> None:
        for method, path in (("POST", API + "runs/search"), ("GET", API + "runs/get?run_id=other"), ("DELETE", "/x")):
            self.refused(self.door.call(method, path, {}), "engine is not reachable", 503, "TEMPORARILY_UNAVAILABLE")
        self.assertEqual(os.listdir(self.it.attempt.requests), [])
        self.assertEqual(self.door.call("GET", "/version"), (200, b"3.17.2"))
        self.assertEqual(self.door.call("GET", "/health"), (200, b"OK"))
        self.assertEqual(self.door.call("GET", "/api/3.0/mlflow/server-info")[1]["store_type"], "SqlStore")
        self.assertEqual(self.door.call("GET", "/ajax-api/2.0/mlflow/runs/get?run_id=job1")[0], 200)

    def test_who_is_let_in(self) -> None:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
            for headers, status in (
                ({"Authorization": None}, 401),
                ({"Authorization": "Bearer x"}, 401),
                ({"Authorization": "Basic " + TOKEN}, 401),
                ({"Host": "evil.test:%d" % self.door.port}, 403),
                ({"Host": None}, 403),
                ({"Origin": "http://127.0.0.1:%d" % self.door.port}, 403),
                ({"Origin": "null"}, 403),
            ):
                for path in (API + "runs/log-metric", "/version", ARTIFACTS + "x", "/nothing"):
                    with self.subTest(method=method, headers=headers, path=path):
                        door = self.it.door()
                        door._socket.sendall(door.encode(method, path, b"", headers))
                        head = b""
                        while b"\r\n" not in head:
                            head += door._some()
                        self.assertEqual(int(head.split(b" ")[1]), status)
                        door.close()
        self.assertEqual(self.door.call("GET", "/health", b"", {"Host": "localhost:%d" % self.door.port})[0], 200)
        self.assertEqual(self.it.journal(), [])

    def test_listens_on_the_loopback_only(self) -> None:
        with open("/proc/net/tcp") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        listening = [row[1] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == self.door.port]
        self.assertEqual(listening, ["0100007F:%04X" % self.door.port])

    def test_malformed_http(self) -> None:
        for data in (
            b"nonsense\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: " + b"y" * 70000,
        ):
            with self.subTest(data=data[:60]):
                client = socket.create_connection(("127.0.0.1", self.door.port), timeout=10)
                client.sendall(data)
                answer = client.recv(4096)
                self.assertIn(answer.split(b" ")[1], (b"400", b"431"))
                client.close()
        body = gzip.compress(b"{}")
        limit = {"Content-Length": str(33 << 20), "Content-Encoding": "gzip"}
        self.assertEqual(self.it.door().call("POST", API + "runs/search", body, limit)[0], 413)
        self.assertEqual(self.door.call("GET", "/health")[0], 200)

    def test_other_runs_are_journalled_unchecked(self) -> None:
        body = {"run_id": "another", "key": "a", "value": "1"}
        self.assertEqual(self.door.call("POST", API + "runs/log-parameter", body), (200, {}))
        body = {"run_id": "another", "status": "FINISHED", "end_time": 5}
        status, answer = self.door.call("POST", API + "runs/update", body)
        self.assertEqual((status, answer["run_info"]["status"]), (200, "FINISHED"))


class ExperimentTest(LabTest):
    def test_own_experiment_is_known(self) -> None:
        experiment = {
            "experiment_id": "1",
            "name": "mine",
            "artifact_location": "mlflow-artifacts:/1",
            "lifecycle_stage": "active",
        }
        job = self.relay_job(wait_s=0.2)
        relay = {**job.spec["relay"], "experiment": experiment}
        lab.records.write_json(job.attempt.spec_file, {**job.spec, "relay": relay})
        job.run()
        door = job.door()
        self.assertEqual(
            door.call("GET", API + "experiments/get-by-name?experiment_name=mine"), (200, {"experiment": experiment})
        )
        self.assertEqual(door.call("GET", API + "experiments/get?experiment_id=1")[0], 200)
        self.assertEqual(door.call("GET", API + "experiments/get?experiment_id=2")[0], 503)


if __name__ == "__main__":
    unittest.main()
