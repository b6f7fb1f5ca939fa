"""Cancel, timeout and what is left of a job afterwards: nothing."""

from __future__ import annotations

import sys
import unittest

from lab import Job, LabTest, until

from slipway.launcher import cancel, records

DOUBLE_FORK = (
    "import os, time\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    if os.fork() == 0: time.sleep(600)\n"
    "    os._exit(0)\n"
    "time.sleep(600)\n"
)
ESCAPING = (
    "(setsid sleep 600 &) ; sleep 600 & "
    "(trap '' TERM; while :; do sleep 1; done) & "
    "setsid bash -c 'trap \"\" TERM; while :; do sleep 1; done' & "
    "%s -c '%s' & "
    "(env -i setsid sleep 600 &) ; wait"
) % (sys.executable, DOUBLE_FORK)
"""Children in other sessions, double forks, deaf to SIGTERM, and one with an empty environment."""


class CancelTest(LabTest):
    def escaping_job(self, **changes: object) -> Job:
        job = self.job("/bin/bash", "-c", ESCAPING, grace_s=0.5, **changes)
        job.run()
        job.running()
        until(lambda: len(job.members()) >= 8, "children")
        return job

    def sleepers(self) -> int:
        """Living processes whose command line is the unmarked sleeper's."""
        from slipway.launcher import processes

        count = 0
        for pid in processes.table():
            try:
                with open("/proc/%d/environ" % pid, "rb") as environ, open("/proc/%d/cmdline" % pid, "rb") as cmdline:
                    count += cmdline.read() == b"sleep\x00600\x00" and environ.read() == b""
            except OSError:
                pass
        return count

    def test_cancel_leaves_nothing(self) -> None:
        job = self.escaping_job()
        until(self.sleepers, "a child without environment")
        cancel.request(job.attempt, None)
        record = job.exit()
        self.assertEqual(record["reason"], "canceled")
        self.assertEqual(job.members(), [])
        self.assertEqual(self.sleepers(), 0)
        self.assertNotIn("survivors", record["evidence"])

    def test_timeout_leaves_nothing(self) -> None:
        job = self.escaping_job(timeout_s=1)
        record = job.exit()
        self.assertEqual(record["reason"], "timeout")
        self.assertGreaterEqual(record["duration_ms"], 1000)
        self.assertEqual(job.members(), [])

    def test_a_polite_program_ends_itself(self) -> None:
        program = (
            "import signal, sys, time\n"
            "signal.signal(15, lambda *_: (print('saved', flush=True), sys.exit(7)))\n"
            "print('ready', flush=True)\n"
            "while True: time.sleep(60)\n"
        )
        job = self.job(sys.executable, "-c", program, grace_s=30)
        job.run()
        job.running()
        until(job.log, "ready")
        cancel.request(job.attempt, None)
        record = job.exit(25)
        self.assertEqual((record["code"], record["reason"]), (7, "canceled"))
        self.assertEqual(job.log(), b"ready\nsaved\n")

    def test_canceled_before_it_started(self) -> None:
        job = self.job("/bin/bash", "-c", "echo never")
        cancel.request(job.attempt, 1)
        job.run()
        record = job.exit()
        self.assertEqual((record["code"], record["signal"], record["reason"]), (None, None, "canceled"))

    def test_strays_are_swept_before_the_record(self) -> None:
        job = self.job("/bin/bash", "-c", "(trap '' TERM; setsid sleep 600) & (setsid sleep 600 &); echo done; exit 4")
        job.run()
        record = job.exit()
        self.assertEqual((record["code"], record["reason"]), (4, "exited"))
        self.assertEqual(job.members(), [])
        self.assertGreaterEqual(record["evidence"]["strays_killed"], 1)
        self.assertLess(record["duration_ms"], 2000)

    def test_agent_dies_in_the_middle_of_a_cancel(self) -> None:
        job = self.job("/bin/bash", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done", grace_s=1.5)
        job.run()
        job.running()
        until(job.log, "trap set")
        cancel.request(job.attempt, None)
        until(lambda: records.read_json(job.attempt.stop_file), "stop begun")
        job.kill(job.agent())
        record = job.exit()
        self.assertEqual((record["signal"], record["reason"]), ("SIGKILL", "canceled"))
        self.assertEqual(job.members(), [])


if __name__ == "__main__":
    unittest.main()
