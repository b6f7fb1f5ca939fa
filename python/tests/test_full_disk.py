"""A disk that fills up, and one whose writes fail half-way."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import unittest
from typing import List
from unittest import mock

from lab import LabTest, until

from slipway.launcher import records
from slipway.launcher.relay.journal import Journal
from slipway.launcher.relay.wire import Refusal


class JournalTest(LabTest):
    """The journal alone, with writes that fail where a disk would."""

    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.folder, "journal.jsonl")

    def put(self, journal: Journal, *names: str) -> List[bool]:
        """Enqueues all, then waits for all; True for each that is durable."""
        tickets = [journal.enqueue({"name": name}) for name in names]
        results = []
        for ticket in tickets:
            try:
                journal.wait(ticket)
                results.append(True)
            except Refusal as refusal:
                self.assertEqual(refusal.status, 503)
                results.append(False)
        return results

    def names(self, journal: Journal) -> List[str]:
        return [entry["name"] for entry in journal.entries()]

    def test_half_a_batch_fits(self) -> None:
        journal = Journal(self.path)
        self.assertEqual(self.put(journal, "a"), [True])
        real = os.write
        room = [30]

        def write(fd: int, data: bytes) -> int:
            if room[0] == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            part = bytes(data)[: room[0]]
            room[0] -= len(part)
            return real(fd, part)

        with mock.patch("os.write", write):
            self.assertEqual(self.put(journal, "b", "c", "d"), [True, False, False])
        self.assertEqual(self.names(journal), ["a", "b"])
        with open(self.path, "rb") as file:
            self.assertTrue(file.read().endswith(b'"b"}\n'))
        self.assertEqual(self.put(journal, "e"), [True])
        journal.close()
        again = Journal(self.path)
        self.assertEqual(self.names(again), ["a", "b", "e"])
        seqs = [entry["seq"] for entry in again.entries()]
        self.assertEqual(seqs, sorted(set(seqs)))
        self.assertGreater(again.enqueue({"name": "f"}).seq, seqs[-1])
        again.close()

    def test_a_flush_that_fails_is_no_success(self) -> None:
        journal = Journal(self.path)
        with mock.patch("slipway.launcher.relay.journal._FLUSH", side_effect=OSError(errno.EIO, "Input/output error")):
            self.assertEqual(self.put(journal, "a"), [False])
        self.assertEqual(self.put(journal, "b"), [True])
        journal.close()

    def test_a_torn_line_is_cut(self) -> None:
        with open(self.path, "wb") as file:
            file.write(b'{"seq":1,"name":"a"}\n{"seq":2,"na' + b"m" * 200_000)
        journal = Journal(self.path)
        self.assertEqual(self.put(journal, "b"), [True])
        self.assertEqual([(entry["seq"], entry["name"]) for entry in journal.entries()], [(1, "a"), (2, "b")])
        journal.close()


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/bin/mount"), "mounting a small tmpfs needs root")
class FullDiskTest(LabTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.disk], stderr=subprocess.DEVNULL):
            self.skipTest("tmpfs cannot be mounted here")
        self.addCleanup(subprocess.call, ["umount", "-l", self.disk])

    def fill(self) -> str:
        path = os.path.join(self.disk, "filler")
        with open(path, "ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError as error:
                    self.assertEqual(error.errno, errno.ENOSPC)
        return path

    def test_calls_fail_honestly_and_the_end_is_recorded(self) -> None:
        program = "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done"
        job = self.relay_job("/bin/bash", "-c", program, under=self.disk, wait_s=0.2)
        job.run()
        job.running()
        until(job.log, "output")
        door = job.door()
        self.assertEqual(door.run_call("log-parameter", key="a", value="1")[0], 200)
        filler = self.fill()
        stored, refused = ["a"], []
        for number in range(3000):  # what still fits into the journal's last page is stored, the rest is refused
            status, answer = door.run_call("log-parameter", key="p%d" % number, value="1")
            (stored if status == 200 else refused).append("p%d" % number)
            if len(refused) == 3:
                break
        self.assertEqual(len(refused), 3)
        self.assertEqual((status, answer["error_code"]), (503, "TEMPORARILY_UNAVAILABLE"))
        self.assertEqual(door.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/x", b"y" * 100_000)[0], 503)
        job.kill(job.agent())  # nothing changes when the next agent has to start on the full disk
        door = until(lambda: self.refusing(job), "a relay that refuses")
        os.unlink(filler)

        def accepted() -> bool:
            return bool(door.run_call("log-parameter", key="later", value="1")[0] == 200)

        until(accepted, "calls accepted once there is space")
        stored.append("later")
        self.assertEqual([json.loads(entry["body"])["key"] for entry in job.journal()], stored)
        status, answer = door.call("GET", "/api/2.0/mlflow/runs/get?run_id=job1")
        self.assertEqual([row["key"] for row in answer["run"]["data"]["params"]], stored)
        self.fill()
        os.kill(job.state()["child"]["pid"], 15)
        record = job.exit()
        self.assertEqual((record["code"], record["reason"]), (5, "exited"))

    def refusing(self, job: object) -> object:
        try:
            door = job.door()  # type: ignore[attr-defined]
            status, _ = door.run_call("log-parameter", key="no", value="1" * 5000)
            return door if status == 503 else None
        except ConnectionError:
            return None

    def test_cancel_on_a_full_disk(self) -> None:
        job = self.relay_job(under=self.disk, grace_s=1)
        job.run()
        job.running()
        link = self.link()
        link.watch(job)
        link.wait("state", job)
        self.fill()
        link.order(op="cancel", dir=job.folder, grace_s=1)
        self.assertEqual(link.wait("exit", job)["exit"]["reason"], "canceled")
        self.assertEqual(job.members(), [])

    def test_no_space_to_begin_with(self) -> None:
        job = self.relay_job(under=self.disk)
        self.fill()
        answer = job.run()
        self.assertEqual(answer["status"], "failed")
        self.assertIn("No space left", answer["message"])
        self.assertFalse(os.path.exists(job.attempt.claim_file))

    def test_reserved_room_is_used_once(self) -> None:
        target, reserved = os.path.join(self.disk, "exit.json"), os.path.join(self.disk, "reserve")
        records.reserve(reserved)
        self.fill()
        self.assertTrue(records.write_once(target, {"a": 1}, reserved))
        self.assertEqual(records.read_json(target), {"a": 1})
        self.assertFalse(records.write_once(target, {"a": 2}, reserved))
        self.assertEqual(records.read_json(target), {"a": 1})


if __name__ == "__main__":
    unittest.main()
