"""Attaching a debugger to a program that runs: what stands against it is told beforehand. That it works is tested in the engine."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from slipway.environments import attach  # noqa: E402

_FREE = {
    "owner": 1000,
    "user": 1000,
    "may_trace_all": False,
    "scope": 0,
    "gdb": True,
    "has_remote_exec": False,
    "container": False,
}


class Refusals(unittest.TestCase):
    def refusal(self, **facts):
        found = attach.refusal_for(dict(_FREE, **facts))
        return None if found is None else " ".join(found)

    def test_the_same_user_on_an_open_machine_may(self):
        self.assertIsNone(self.refusal())
        self.assertIsNone(self.refusal(scope=1, may_trace_all=True))
        self.assertIsNone(self.refusal(owner=0, may_trace_all=True))
        self.assertIsNone(self.refusal(gdb=False, has_remote_exec=True))

    def test_each_obstacle_is_named_with_what_to_do(self):
        self.assertIn("ptrace_scope is 1", self.refusal(scope=1))
        self.assertIn("sysctl kernel.yama.ptrace_scope=0", self.refusal(scope=1))
        self.assertIn("ptrace_scope is 2", self.refusal(scope=2))
        self.assertIn("ptrace_scope is 3", self.refusal(scope=3, may_trace_all=True))
        self.assertIn("another user (uid 0, and this is 1000)", self.refusal(owner=0))
        self.assertIn("Install gdb", self.refusal(gdb=False))
        self.assertIn("container", self.refusal(container=True))
        for facts in ({"scope": 1}, {"scope": 3}, {"owner": 0}, {"gdb": False}, {"container": True}):
            self.assertIn("debug: true", self.refusal(**facts))


@unittest.skipUnless(sys.platform.startswith("linux"), "attaching to a process is for Linux")
class Programs(unittest.TestCase):
    def test_only_living_python_programs_of_the_job_are_found(self):
        code = "import sys; print('up', flush=True); sys.stdin.read()"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        programs = []
        for marker in ("job.1.aa", "job.1.bb"):
            env = dict(os.environ, SLIPWAY_JOB_MARKER=marker)
            programs.append(subprocess.Popen([sys.executable, "-c", code], env=env, **pipes))
        other = subprocess.Popen(["cat"], env=dict(os.environ, SLIPWAY_JOB_MARKER="job.1.aa"), **pipes)
        try:
            for program in programs:
                program.stdout.readline()
            found = attach._python_programs("job.1.aa")
            self.assertEqual([pid for pid, _arguments in found], [programs[0].pid])
            self.assertEqual(found[0][1][:2], [sys.executable, "-c"])
            self.assertFalse(attach._facts_of(programs[0].pid)["container"])
        finally:
            for program in [*programs, other]:
                program.communicate()
        self.assertEqual(attach._python_programs("job.1.aa"), [])


if __name__ == "__main__":
    unittest.main()
