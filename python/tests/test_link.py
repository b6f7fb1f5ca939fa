"""The copier: big logs, odd bytes, slow readers, fairness, requests and replies."""

from __future__ import annotations

import hashlib
import os
import sys
import time
import unittest

from lab import TOKEN, LabTest, peak_memory, until

from slipway.launcher import cancel, records

MB = 1 << 20
LIMIT = 60 * MB


def loud(size: int) -> str:
    """A program that writes so many bytes of log lines as fast as it can."""
    return LOUD.replace("SIZE", str(size))


LOUD = (
    "import os\n"
    "line = b''.join(b'2026-01-01 step=%06d loss=0.123456 ' % i + b'x' * 60 + b'\\n' for i in range(10000))\n"
    "left = SIZE\n"
    "while left > 0:\n"
    "    part = line[:left]\n"
    "    left -= os.write(1, part)\n"
)


class LinkTest(LabTest):
    def digest(self, path: str) -> str:
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for piece in iter(lambda: file.read(MB), b""):
                digest.update(piece)
        return digest.hexdigest()

    def test_200_mb_at_full_speed(self) -> None:
        size = 200 * MB
        job = self.relay_job(sys.executable, "-c", loud(size))
        link = self.link()
        digest, expected = hashlib.sha256(), [0]
        link.on_log = lambda header, payload: (digest.update(payload), expected.append(header["offset"] + len(payload)))
        link.keep = False
        job.run()
        began = time.monotonic()
        link.watch(job)
        agent = job.agent()
        until(lambda: link.counts.get("log", 0) >= MB, "first bytes")
        agent_memory = peak_memory(agent)
        link.wait("exit", job, 60)
        seconds = time.monotonic() - began
        self.assertEqual(link.counts["log"], size)
        self.assertEqual(expected[-1], size)
        self.assertEqual(digest.hexdigest(), self.digest(job.attempt.log_file(0)))
        memory = link.memory()
        self.assertLess(memory, LIMIT)
        self.assertLess(agent_memory, LIMIT)
        print(
            "\n200 MB in %.1f s (program included), link peak %.1f MB, agent peak %.1f MB"
            % (seconds, memory / MB, agent_memory / MB)
        )

    def test_a_paused_reader_blocks_the_link(self) -> None:
        size = 30 * MB
        job = self.job(sys.executable, "-c", loud(size))
        link = self.link()
        link.keep = False
        link.reading.clear()
        link.watch(job)
        job.run()
        self.assertEqual(job.exit()["code"], 0)  # the program does not wait for any reader
        link.order(op="cancel", dir=job.folder, grace_s=1)
        until(lambda: cancel.requested(job.attempt), "an order is heard while the output is blocked")
        self.assertLess(link.memory(), LIMIT)
        self.assertLess(link.counts.get("log", 0), MB)
        link.reading.set()
        link.wait("exit", job)
        self.assertEqual(link.counts["log"], size)
        self.assertLess(link.memory(), LIMIT)

    def test_no_newline_and_invalid_utf8(self) -> None:
        program = (
            "import os\n"
            "block = b'\\xff\\xfe\\x00\\xc3' * 262144\n"
            "for i in range(100):\n"
            "    view = memoryview(block)\n"
            "    while view: view = view[os.write(1, view):]\n"
        )
        job = self.job(sys.executable, "-c", program)
        link = self.link()
        digest = hashlib.sha256()
        link.on_log = lambda header, payload: digest.update(payload)
        link.keep = False
        job.run()
        link.watch(job)
        link.wait("exit", job, 60)
        self.assertEqual(link.counts["log"], 100 * MB)
        self.assertEqual(digest.hexdigest(), self.digest(job.attempt.log_file(0)))
        self.assertLess(link.memory(), LIMIT)

    def test_a_loud_job_does_not_starve_a_quiet_one(self) -> None:
        noisy = self.job(sys.executable, "-c", loud(60 * MB))
        quiet = self.job("/bin/echo", "quiet")
        noisy.run()
        self.assertEqual(noisy.exit()["code"], 0)
        link = self.link()
        link.keep = False
        quiet.run()
        quiet.exit()
        link.watch(noisy)
        link.watch(quiet)
        link.wait("exit", quiet)
        quiet_at = link.frames.index(link.of("exit", quiet)[0])
        link.wait("exit", noisy)
        self.assertLess(quiet_at, link.frames.index(link.of("exit", noisy)[0]))

    def test_several_ranks_and_offsets(self) -> None:
        job = self.job(
            "/bin/bash", "-c", "echo zero; printf 'one and more' > %s" % "$LOGS/std_log_process_1.txt", rank=0
        )
        records.write_json(job.attempt.spec_file, {**job.spec, "env": {"LOGS": job.attempt.logs}})
        job.run()
        job.exit()
        link = self.link()
        link.watch(job, log={"0": 2, "1": 4})
        link.wait("exit", job)
        got = {header["rank"]: (header["offset"], payload) for header, payload in link.of("log", job)}
        self.assertEqual(got, {0: (2, b"ro\n"), 1: (4, b"and more")})

    def test_whole_lines_only(self) -> None:
        job = self.job("/bin/sleep", "600")
        job.run()
        job.running()
        os.makedirs(job.attempt.relay)
        link = self.link()
        long_line = b'{"seq":1,"body":"' + b"y" * (3 * MB) + b'"}\n'
        with open(job.attempt.journal_file, "wb", buffering=0) as file:
            link.watch(job)
            file.write(long_line[:100])
            link.wait("state", job)
            link.order(op="ping")
            link.wait("pong")
            self.assertEqual(link.of("journal", job), [])
            file.write(long_line[100:] + b'{"seq":2}\n{"se')
            until(lambda: len(link.bytes_of("journal", job)) >= len(long_line) + 10, "two lines")
        self.assertEqual(link.bytes_of("journal", job), long_line + b'{"seq":2}\n')

    def test_request_and_reply(self) -> None:
        job = self.relay_job(wait_s=20.0)
        job.run()
        job.running()
        door = job.door()
        link = self.link()
        order = []

        def engine(request: dict) -> dict:
            order.append((request["after"], [e["seq"] for e in job.journal()], len(link.bytes_of("journal", job))))
            if request["path"].endswith("/binary"):
                return {"status": 200, "headers": {"Content-Type": "application/octet-stream"}, "body_base64": "AP8="}
            return {
                "status": 404,
                "headers": {},
                "body": '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"%s"}' % request["query"],
            }

        link.on_request = engine
        link.watch(job)
        door.run_call("log-metric", key="a", value=1, timestamp=1, step=0)
        status, answer = door.call("GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=x%20y")
        self.assertEqual((status, answer["message"]), (404, "experiment_name=x%20y"))
        self.assertEqual(order[0][:2], (1, [1]))
        self.assertGreater(order[0][2], 0)  # the journal came before the request that relies on it
        self.assertEqual(door.call("GET", "/api/binary"), (200, b"\x00\xff"))
        self.assertEqual(
            door.call("POST", "/v1/traces", b"\x80\x81", {"Content-Type": "application/x-protobuf"})[0], 404
        )
        self.assertEqual(os.listdir(job.attempt.requests), [])
        self.assertEqual(os.listdir(job.attempt.replies), [])

    def test_reply_by_file(self) -> None:
        job = self.relay_job(wait_s=20.0)
        job.run()
        job.running()
        big = os.path.join(self.folder, "big")
        with open(big, "wb") as file:
            file.truncate(5 * MB)
        link = self.link()
        link.on_request = lambda request: {"status": 200, "headers": {"Content-Type": "application/x"}, "file": big}
        link.watch(job)
        status, body = job.door().send(
            job.door().encode("GET", "/api/2.0/mlflow-artifacts/artifacts/1/job1/artifacts/big")
        )
        self.assertEqual((status, len(body)), (200, 5 * MB))
        self.assertFalse(os.path.exists(big))

    def test_orders_that_are_wrong_hurt_nobody(self) -> None:
        job = self.job("/bin/sleep", "600")
        job.run()
        link = self.link()
        assert link.process.stdin is not None
        link.process.stdin.write(b"not json\n[]\n{}\n")
        for order in ({"op": "fly"}, {"op": "reply", "dir": "/no/such", "seq": 1, "status": 200}, {"op": "watch"}):
            link.order(**order)
        link.order(op="watch", dir=os.path.join(self.folder, "nowhere"))
        link.watch(job)
        link.wait("state", job)
        until(lambda: len(link.of("error")) >= 7, "an error for each")

    def test_contact_follows_the_pings(self) -> None:
        job = self.relay_job()
        job.run()
        job.running()
        job.door().call("GET", "/version")
        link = self.link()
        link.watch(job)
        link.order(op="ping")
        until(lambda: os.path.exists(job.attempt.contact_file), "contact")

    def test_ends_with_its_stdin(self) -> None:
        link = self.link()
        link.wait("hello")
        link.close()
        self.assertEqual(link.process.returncode, 0)

    def test_token_is_nowhere_but_in_the_specification(self) -> None:
        job = self.relay_job("/bin/echo", "hi")
        job.run()
        job.exit()
        for folder, _, names in os.walk(job.folder):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    self.assertEqual(TOKEN.encode() in file.read(), path == job.attempt.spec_file, path)
                self.assertEqual(os.stat(path).st_mode & 0o077, 0, path)


if __name__ == "__main__":
    unittest.main()
