"""A job's processes are bounded where this machine lets that be set, and the bound goes with the job."""

from __future__ import annotations

import os
import sys
import unittest
import uuid

import lab
from lab import LabTest, until

from slipway.launcher import bound

FORKS = """
import os, sys, time
while True:
    try:
        if os.fork() == 0:
            time.sleep(600)
    except OSError:
        open(sys.argv[1], "w").close()
        time.sleep(600)
"""


class BoundTest(LabTest):
    def setUp(self) -> None:
        super().setUp()
        parent = bound._own_group()
        if parent is None or not os.access(parent, os.W_OK) or not os.path.exists("/sys/fs/cgroup/pids/tasks"):
            self.skipTest("no control group for processes can be made here (needs root and version 1)")
        self.outer = os.path.join(parent, "slipway-test-%s" % uuid.uuid4().hex)
        os.mkdir(self.outer)
        self.addCleanup(os.rmdir, self.outer)
        with open(os.path.join(self.outer, "pids.max"), "w") as file:
            file.write("120")

    def start(self, job: object) -> None:
        """Starts the launcher inside the outer group, as a container does."""
        child = os.fork()
        if child == 0:
            with open(os.path.join(self.outer, "cgroup.procs"), "w") as file:
                file.write("0")
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            words = [sys.executable, "-m", "slipway.launcher", "run", job.folder]  # type: ignore[attr-defined]
            os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": lab.ROOT})
        os.waitpid(child, 0)

    def inner(self) -> list:
        return [name for name in os.listdir(self.outer) if name.startswith("slipway-")]

    def test_half_is_what_a_fork_bomb_gets(self) -> None:
        refused = os.path.join(self.folder, "refused")
        job = self.job(sys.executable, "-c", FORKS, refused, grace_s=0.2)
        self.start(job)
        until(lambda: os.path.exists(refused), "a fork that was refused")
        (name,) = self.inner()
        with open(os.path.join(self.outer, name, "pids.max")) as file:
            self.assertEqual(file.read().strip(), "60")
        open(os.path.join(job.folder, "cancel"), "w").close()
        record = job.exit()
        self.assertEqual(record["reason"], "canceled")
        self.assertEqual(record["evidence"]["processes"]["limit"], 60)
        self.assertGreater(record["evidence"]["processes"]["refused"], 0)
        until(lambda: not self.inner(), "the group is gone")
        self.left()

    def test_the_group_of_a_killed_keeper_goes_too(self) -> None:
        job = self.job("/bin/sleep", "600", grace_s=0.2)
        self.start(job)
        job.running()
        self.assertEqual(len(self.inner()), 1)
        job.kill(job.state()["keeper"]["pid"])
        self.assertEqual(job.exit()["reason"], "launcher_lost")
        until(lambda: not self.inner(), "the group is gone")
        self.left()

    def left(self) -> None:
        def empty() -> bool:
            with open(os.path.join(self.outer, "cgroup.procs")) as file:
                return not file.read().strip()

        until(empty, "the launcher has left the group")


if __name__ == "__main__":
    unittest.main()
