"""Starting an attempt and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import unittest

import lab
from lab import LabTest, launcher, until

from slipway.launcher import environment, processes, records
from slipway.launcher import run as starting


class RunTest(LabTest):
    def test_exit_code_log_and_record(self) -> None:
        job = self.job(
            "/bin/bash", "-c", 'echo out; echo err >&2; printf %s "$GREETING"; pwd; exit 3', env={"GREETING": "hi "}
        )
        answer = job.run()
        self.assertEqual(answer["status"], "started")
        record = job.exit()
        self.assertEqual((record["code"], record["signal"], record["reason"]), (3, None, "exited"))
        self.assertEqual(job.log(), ("out\nerr\nhi %s\n" % job.spec["cwd"]).encode())
        self.assertGreaterEqual(record["ended_at"], record["started_at"])
        self.assertGreater(record["evidence"]["max_rss_bytes"], 0)
        until(lambda: job.state()["phase"] == "exited", "state exited")

    def test_signal(self) -> None:
        job = self.job("/bin/bash", "-c", "kill -SEGV $$")
        job.run()
        record = job.exit()
        self.assertEqual((record["code"], record["signal"], record["reason"]), (None, "SIGSEGV", "exited"))

    def test_output_goes_straight_to_the_file(self) -> None:
        job = self.job("/bin/sleep", "600")
        job.run()
        child = job.running()["child"]["pid"]
        for fd in (1, 2):
            self.assertEqual(os.readlink("/proc/%d/fd/%d" % (child, fd)), job.attempt.log_file(0))
        self.assertEqual(os.readlink("/proc/%d/fd/0" % child), "/dev/null")

    def test_three_at_once_start_one(self) -> None:
        job = self.job("/bin/bash", "-c", "echo once; sleep 600")
        starting = [launcher("run", job.folder) for _ in range(3)]
        answers = [json.loads(process.communicate(timeout=15)[0].decode()) for process in starting]
        self.assertEqual(sorted(answer["status"] for answer in answers), ["duplicate", "duplicate", "started"])
        self.assertEqual(len({json.dumps(answer["keeper"]) for answer in answers}), 1)
        job.running()
        self.assertEqual(job.run()["status"], "duplicate")
        until(lambda: job.log(), "output")
        self.assertEqual(job.log(), b"once\n")

    def test_what_cannot_be_started(self) -> None:
        for change in ({"argv": ["/no/such/program"]}, {"cwd": "/no/such/folder"}):
            with self.subTest(change=change):
                job = self.job("/bin/true", **{})
                records.write_json(job.attempt.spec_file, {**job.spec, **change})
                self.assertEqual(job.run()["status"], "started")
                record = job.exit()
                self.assertEqual((record["code"], record["reason"]), (None, "start_failed"))
                self.assertIn("No such file", record["evidence"]["error"])

    def test_bad_specification(self) -> None:
        job = self.job("/bin/true")
        for text in (b"{", b"[]", b'{"version":2}', b'{"version":1,"argv":[],"marker":"m"}'):
            records.write_file(job.attempt.spec_file, text)
            answer = job.run()
            self.assertEqual(answer["status"], "failed")
            self.assertIn(job.attempt.spec_file, answer["message"])
            self.assertFalse(os.path.exists(job.attempt.claim_file))

    def test_survives_its_starter(self) -> None:
        """The starter is a session of its own that is killed, as an SSH channel is."""
        job = self.job("/bin/bash", "-c", "echo one; sleep 0.3; echo two")
        command = " ".join([*lab.LAUNCHER, "run", job.folder]) + "; sleep 600"
        starter = subprocess.Popen(
            ["/bin/sh", "-c", command],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": lab.ROOT},
        )
        job.running()
        os.killpg(starter.pid, signal.SIGHUP)
        os.killpg(starter.pid, signal.SIGKILL)
        starter.wait()
        self.assertEqual(job.exit()["code"], 0)
        self.assertEqual(job.log(), b"one\ntwo\n")

    def test_a_starter_that_died_does_not_hurt(self) -> None:
        """The keeper has claimed when it reports; nobody listening must not end it."""
        read, write = os.pipe()
        os.close(read)
        starting._report(write, {"status": "started"})

    def test_environment_is_clean(self) -> None:
        job = self.relay_job(
            "/bin/bash", "-c", "env", gpus=["GPU-1", "GPU-2"], env={"MLFLOW_RUN_ID": "job1"}, unset=["LANG"]
        )
        secrets = {
            "SLIPWAY_TOKEN": "secret",
            "MLFLOW_TRACKING_TOKEN": "secret",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "LANG": "C",
        }
        job.run(env=secrets)
        job.exit()
        env = dict(line.split("=", 1) for line in job.log().decode().splitlines() if "=" in line)
        self.assertNotIn("secret", env.values())
        self.assertNotIn("LANG", env)
        self.assertEqual(env["CUDA_VISIBLE_DEVICES"], "GPU-1,GPU-2")
        self.assertEqual(env["MLFLOW_RUN_ID"], "job1")
        self.assertEqual(env["MLFLOW_TRACKING_URI"], job.state()["relay_url"])
        self.assertEqual(env["MLFLOW_TRACKING_TOKEN"], lab.TOKEN)
        self.assertEqual(env[processes.MARKER], job.marker)

    def test_overlay_comes_first(self) -> None:
        spec = {"marker": "m", "env": {"PATH": "/usr/bin"}}
        env = environment.job_environment(spec, {}, None, "/env/bin/python")
        self.assertEqual(env["PATH"], "/env/bin:/usr/bin")
        self.assertEqual(env["VIRTUAL_ENV"], "/env")

    def test_runs_in_its_own_overlay(self) -> None:
        base = os.path.join(self.folder, "base")
        subprocess.check_call([sys.executable, "-m", "venv", "--without-pip", base])
        job = self.job("python", "-c", "import os, sys; print(sys.prefix, os.environ['VIRTUAL_ENV'])")
        path = os.path.join(job.folder, "venv")
        records.write_json(job.attempt.spec_file, {**job.spec, "overlay": {"base": base, "path": path}})
        job.run()
        self.assertEqual(job.exit()["code"], 0, job.log())
        self.assertEqual(job.log().decode().split(), [path, path])

    def test_an_overlay_that_cannot_be_made(self) -> None:
        overlay = {"base": "/no/such/environment", "path": os.path.join(self.folder, "venv")}
        job = self.job("python", "-c", "pass", overlay=overlay)
        job.run()
        record = job.exit()
        self.assertEqual(record["reason"], "start_failed")
        self.assertIn("/no/such/environment", record["evidence"]["error"])

    def test_started_inside_a_job_it_leaves_that_job(self) -> None:
        job = self.job("/bin/sleep", "600")
        job.run(env={processes.MARKER: "outer"})
        job.running()
        self.assertEqual(processes.members("outer"), [])

    def test_samples_and_heartbeat(self) -> None:
        job = self.job(sys.executable, "-c", "b = b'x' * 50_000_000\nwhile True: pass", sample_interval_s=0.2)
        job.run()

        def busy() -> bool:
            try:
                with open(job.attempt.samples_file) as file:
                    samples = [json.loads(line) for line in file]
            except FileNotFoundError:
                return False
            return any(s["cpu_percent"] > 20 and s["memory_bytes"] > 50_000_000 for s in samples)

        until(busy, "a sample of a busy program")
        beat = until(lambda: records.read_json(job.attempt.heartbeat_file), "heartbeat")
        self.assertEqual(beat["boot_id"], processes.boot_id())
        until(lambda: records.read_json(job.attempt.heartbeat_file)["seq"] > beat["seq"], "next heartbeat")

    def test_probe(self) -> None:
        with launcher("probe", self.folder) as process:
            facts = json.loads(process.communicate(timeout=15)[0].decode())
        self.assertEqual(facts["boot_id"], processes.boot_id())
        self.assertGreater(facts["cores"], 0)
        self.assertGreater(facts["memory_bytes"], 1 << 20)
        self.assertGreater(facts["disk_free_bytes"], 0)
        self.assertIsInstance(facts["gpus"], list)
        self.assertEqual(set(facts["container"]), {"podman", "docker"})

    def test_probe_reads_nvidia_smi_where_the_library_is_missing(self) -> None:
        program = os.path.join(self.folder, "nvidia-smi")
        with open(program, "w") as file:
            file.write("#!/bin/sh\necho 'GPU-abc, 0, NVIDIA H100 80GB HBM3, 81559, 12, 7, 550.54'\necho 'No devices'\n")
        os.chmod(program, 0o755)
        path = self.folder + os.pathsep + os.environ["PATH"]
        with launcher("probe", self.folder, env={"PATH": path}) as process:
            gpus = json.loads(process.communicate(timeout=15)[0].decode())["gpus"]
        if any(gpu["uuid"] != "GPU-abc" for gpu in gpus):
            self.skipTest("a real NVIDIA driver answers here")
        name = "NVIDIA H100 80GB HBM3"
        expected = {"uuid": "GPU-abc", "index": 0, "name": name, "memory_bytes": 81559 << 20, "driver": "550.54"}
        self.assertEqual(gpus, [expected])


if __name__ == "__main__":
    unittest.main()
