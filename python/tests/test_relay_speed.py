"""How fast the relay answers, each call on the disk before its answer. Prints figures beside what the disk itself can."""

from __future__ import annotations

import os
import threading
import time
import unittest
from typing import List

from lab import RUN_ID, LabTest, peak_memory

PATH = "/api/2.0/mlflow/runs/"


class SpeedTest(LabTest):
    def test_single_and_batch(self) -> None:
        job = self.relay_job()
        job.run()
        door = job.door()
        metric = {"run_id": RUN_ID, "run_uuid": RUN_ID, "key": "loss", "value": 0.25, "timestamp": 1700000000000}
        single = [door.encode("POST", PATH + "log-metric", {**metric, "step": step}) for step in range(500)]
        rows = [{"key": "m%d" % (n % 10), "value": n * 0.5, "timestamp": 1700000000000, "step": n} for n in range(1000)]
        batch = [door.encode("POST", PATH + "log-batch", {"run_id": RUN_ID, "metrics": rows, "tags": []})] * 20
        door.send(single[0])
        alone = self.rate(job, [single])
        many = self.rate(job, [single[:100]] * 8)
        batches = self.rate(job, [batch]) * 1000
        disk = self.disk_rate()
        memory = peak_memory(job.agent())
        print(
            "\nrelay: %.0f log-metric/s alone, %.0f/s with 8 clients, %.0f metrics/s by log-batch(1000); "
            "the disk does %.0f flushed appends/s; agent peak %.1f MB"
            % (alone, many, batches, disk, memory / (1 << 20))
        )
        self.assertGreater(alone, 0.1 * disk)
        self.assertGreater(batches, alone)
        self.assertLess(memory, 60 << 20)

    def disk_rate(self) -> float:
        """Appends with a flush each, by a bare loop."""
        count = 300
        fd = os.open(os.path.join(self.folder, "bare"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        began = time.monotonic()
        for _ in range(count):
            os.write(fd, b"x" * 200)
            os.fdatasync(fd)
        os.close(fd)
        return count / (time.monotonic() - began)

    def rate(self, job: object, work: List[List[bytes]]) -> float:
        """Calls per second of clients that each send their list over one connection."""

        def send(requests: List[bytes]) -> None:
            door = job.door()  # type: ignore[attr-defined]
            for request in requests:
                assert door.send(request)[0] == 200

        clients = [threading.Thread(target=send, args=(requests,)) for requests in work]
        began = time.monotonic()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return sum(map(len, work)) / (time.monotonic() - began)


if __name__ == "__main__":
    unittest.main()
