"""Any process of the launcher may be killed at any moment."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import unittest
from typing import Any, Dict, List

from lab import RUN_ID, Job, LabTest, Link, until

from slipway.launcher import processes, records


class DeathTest(LabTest):
    def test_agent_comes_back_and_the_relay_goes_on(self) -> None:
        job = self.relay_job()
        job.run()
        url = job.running()["relay_url"]
        sent: List[int] = []
        stop = threading.Event()

        def log() -> None:
            door = job.door()
            while not stop.is_set():
                number = len(sent)
                body = {"run_id": RUN_ID, "key": "m", "value": number, "timestamp": 1700000000000, "step": number}
                data = door.encode("POST", "/api/2.0/mlflow/runs/log-metric", body)
                while True:
                    try:
                        status, _ = door.send(data)
                        break
                    except ConnectionError:
                        door = job.door()
                self.assertEqual(status, 200)
                sent.append(number)

        client = threading.Thread(target=log)
        client.start()
        try:
            for _ in range(4):
                before = len(sent)
                until(lambda: len(sent) > before + 50, "calls answered")
                job.kill(job.agent())
        finally:
            before = len(sent)
            until(lambda: len(sent) > before + 50, "calls answered after the last death")
            stop.set()
            client.join()
        steps = [json.loads(entry["body"])["step"] for entry in job.journal()]
        self.assertEqual(steps, list(range(len(sent))))
        self.assertEqual(job.state()["relay_url"], url)
        status, answer = self.insistent(job, "GET", "/api/2.0/mlflow/runs/get?run_id=" + RUN_ID)
        self.assertEqual(answer["run"]["data"]["metrics"][0]["step"], len(sent) - 1)

    def insistent(self, job: Job, *call: Any) -> Any:
        """A call that is sent again when the connection breaks, as MLflow's client does."""
        while True:
            try:
                return job.door().call(*call)
            except ConnectionError:
                pass  # the dying agent took the connection with it

    def test_a_created_run_is_the_same_when_the_call_is_sent_again(self) -> None:
        job = self.relay_job()
        job.run()
        job.running()
        body = {"experiment_id": "1", "start_time": 1700000000123, "tags": []}
        first = job.door().call("POST", "/api/2.0/mlflow/runs/create", body)
        job.kill(job.agent())
        again = self.insistent(job, "POST", "/api/2.0/mlflow/runs/create", body)
        self.assertEqual(first, again)
        self.assertEqual(len(job.journal()), 1)
        third = job.door().call("POST", "/api/2.0/mlflow/runs/create", body)
        self.assertNotEqual(first[1]["run"]["info"]["run_id"], third[1]["run"]["info"]["run_id"])

    def test_keeper_dies(self) -> None:
        job = self.relay_job(
            "/bin/bash", "-c", "(setsid sleep 600 &); trap '' TERM; echo up; while :; do sleep 0.1; done", grace_s=0.5
        )
        job.run()
        job.running()
        until(job.log, "output")
        keeper = job.state()["keeper"]["pid"]
        job.kill(keeper)
        record = job.exit()
        self.assertEqual((record["code"], record["signal"], record["reason"]), (None, None, "launcher_lost"))
        self.assertEqual(record["evidence"]["keeper"]["pid"], keeper)
        self.assertEqual(job.members(), [])

    def test_both_die_and_the_engine_settles(self) -> None:
        job = self.job("/bin/bash", "-c", "(setsid sleep 600 &); sleep 600")
        job.run()
        state = job.running()
        link = self.link()
        link.watch(job)
        link.wait("state", job)
        link.order(op="settle", dir=job.folder)
        self.assertIn("still runs", link.wait("error", job)["message"])
        agent = job.agent()
        os.kill(agent, 19)  # a stopped agent cannot bury the job before it is killed too
        job.kill(state["keeper"]["pid"])
        job.kill(agent)
        evidence = link.wait("gone", job)["evidence"]
        self.assertFalse(evidence["boot_id_changed"])
        self.assertEqual(evidence["keeper"]["pid"], state["keeper"]["pid"])
        self.assertTrue(job.members())
        link.order(op="settle", dir=job.folder)
        record = link.wait("exit", job)["exit"]
        self.assertEqual(record["reason"], "launcher_lost")
        self.assertEqual(job.members(), [])
        self.assertGreaterEqual(record["evidence"]["swept"], 2)
        self.assertEqual(record, job.exit())

    def test_another_boot_is_gone_and_no_process_is_touched(self) -> None:
        job = self.job("/bin/sleep", "600")
        records.write_json(job.attempt.claim_file, {**processes.identity(), "boot_id": "another"})
        records.write_json(job.attempt.state_file, {"phase": "running", "child": processes.identity(), "started_at": 1})
        link = self.link()
        link.watch(job)
        self.assertTrue(link.wait("gone", job)["evidence"]["boot_id_changed"])
        link.order(op="settle", dir=job.folder)
        self.assertEqual(link.wait("exit", job)["exit"]["reason"], "launcher_lost")

    def test_links_die_and_every_byte_arrives_once(self) -> None:
        lines = 4000
        script = (
            "import sys\nfor i in range(%d):\n    sys.stdout.write('line %%d %%s\\n' %% (i, 'x' * (i %% 300)))" % lines
        )
        job = self.job(sys.executable, "-c", script)
        job.run()
        randomly = random.Random(7)
        offsets: Dict[str, int] = {"log": 0, "samples": 0}
        data = b""
        for _ in range(200):
            link = Link()
            link.watch(job, log={"0": offsets["log"]}, samples=offsets["samples"])
            patience = randomly.uniform(0.0, 0.15)
            try:
                until(lambda: link.of("exit", job), "exit", 0.1 + patience)
            except AssertionError:
                pass
            link.process.kill()
            until(lambda: link.ended, "pipe drained")
            got = link.bytes_of("log", job)
            data += got
            offsets["log"] += len(got)
            offsets["samples"] += len(link.bytes_of("samples", job))
            over = bool(link.of("exit", job))
            link.close()
            if over:
                break
        self.assertTrue(over)
        self.assertEqual(data, job.log())
        self.assertEqual(data.count(b"\n"), lines)

    def test_keeper_survives_a_polite_shutdown_of_the_machine(self) -> None:
        """SIGTERM to everybody: the command dies of it, and that is what the record says."""
        job = self.job("/bin/sleep", "600")
        job.run()
        state = job.running()
        job.agent()
        for who in ("keeper", "agent", "child"):
            os.kill(state[who]["pid"], 15)
        record = job.exit()
        self.assertEqual((record["signal"], record["reason"]), ("SIGTERM", "exited"))
        self.assertEqual(record["evidence"]["keeper_got"], "SIGTERM")


if __name__ == "__main__":
    unittest.main()
