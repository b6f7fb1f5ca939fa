"""A command that the kernel kills for memory says so in its record."""

from __future__ import annotations

import os
import sys
import unittest
import uuid

import lab
from lab import LabTest, until

V1 = "/sys/fs/cgroup/memory"
V2 = "/sys/fs/cgroup"


def make_group() -> str:
    """A control group with a 64 MB limit; empty where none can be made."""
    name = "slipway-test-" + uuid.uuid4().hex
    for root, limit in ((V1, "memory.limit_in_bytes"), (V2, "memory.max")):
        path = os.path.join(root, name)
        try:
            os.mkdir(path)
        except OSError:
            continue
        try:
            with open(os.path.join(path, limit), "w") as file:
                file.write(str(64 << 20))
            return path
        except OSError:
            os.rmdir(path)
    return ""


class MemoryKillTest(LabTest):
    def setUp(self) -> None:
        super().setUp()
        self.group = make_group()
        if not self.group:
            self.skipTest("no memory control group can be made here (needs root and cgroups)")
        self.addCleanup(os.rmdir, self.group)
        self.hog = "b = []\nwhile True: b.append(bytearray(1 << 20))"

    def test_in_the_jobs_own_group(self) -> None:
        """The launcher runs inside the group, as a runner that limits memory starts it."""
        job = self.job("/bin/bash", "-c", "%s -c '%s'; exit $?" % (sys.executable, self.hog))
        child = os.fork()
        if child == 0:
            with open(os.path.join(self.group, "cgroup.procs"), "w") as file:
                file.write("0")
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execve(sys.executable, [sys.executable, "-m", "slipway.launcher", "run", job.folder], self.environment())
        os.waitpid(child, 0)
        record = job.exit()
        self.assertEqual((record["code"], record["reason"]), (137, "exited"))
        self.assertEqual(record["evidence"]["oom"]["source"], "cgroup")
        self.assertGreaterEqual(record["evidence"]["oom"]["kills"], 1)
        self.gone()

    def environment(self) -> dict:
        return {**os.environ, "PYTHONPATH": lab.ROOT}

    def gone(self) -> None:
        def empty() -> bool:
            with open(os.path.join(self.group, "cgroup.procs")) as file:
                return not file.read().strip()

        until(empty, "the launcher has left the group")

    def test_in_a_group_that_it_entered_itself(self) -> None:
        enter = "echo 0 > %s/cgroup.procs; exec %s -c '%s'" % (self.group, sys.executable, self.hog)
        job = self.job("/bin/bash", "-c", enter)
        job.run()
        record = job.exit()
        self.assertEqual((record["signal"], record["reason"]), ("SIGKILL", "exited"))
        self.assertIn(record["evidence"]["oom"]["source"], ("cgroup", "machine"))

    def test_a_kill_by_hand_is_no_memory_kill(self) -> None:
        job = self.job("/bin/bash", "-c", "kill -9 $$")
        job.run()
        record = job.exit()
        self.assertEqual(record["signal"], "SIGKILL")
        self.assertNotIn("oom", record["evidence"])


if __name__ == "__main__":
    unittest.main()
