"""The durable calls, one line each, flushed to the disk before the caller is answered. Callers share flushes."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from .. import records
from .wire import Refusal

_FLUSH = getattr(os, "fdatasync", os.fsync)


class Ticket:
    """One call on its way to the disk."""

    __slots__ = ("seq", "end", "line", "done", "error")

    def __init__(self, seq: int, line: bytes) -> None:
        self.seq = seq
        self.line = line
        self.end = 0
        self.done = False
        self.error: Optional[OSError] = None


class Journal:
    """Appends lines in the order of their sequence numbers, which grow and may have gaps (calls that failed)."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        records.sync_folder(os.path.dirname(path))
        self._changed = threading.Condition(threading.Lock())
        self._pending: List[Ticket] = []
        self._committing = False
        self._size = self._cut_torn_line()
        self._next = self._last_seq() + 1
        self._unflushed = False
        self.failures = 0
        self.failed_at = 0.0

    def _line_end_before(self, end: int) -> int:
        """Offset just after the last line end in the first `end` bytes; 0 where there is none."""
        while end:
            start = max(0, end - 65536)
            newline = os.pread(self._fd, end - start, start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
        return 0

    def _cut_torn_line(self) -> int:
        """An agent that was killed while it wrote left half a line at most: that call was never answered."""
        size = os.fstat(self._fd).st_size
        end = self._line_end_before(size)
        if end != size:
            os.ftruncate(self._fd, end)
        return end

    def _last_seq(self) -> int:
        if self._size == 0:
            return 0
        start = self._line_end_before(self._size - 1)
        return int(json.loads(os.pread(self._fd, self._size - start, start).decode("utf-8", "surrogatepass"))["seq"])

    @property
    def size(self) -> int:
        """Bytes that are durable."""
        return self._size

    @property
    def last(self) -> int:
        """The highest sequence number that was given out."""
        return self._next - 1

    def entries(self, start: int = 0) -> Iterator[Dict[str, Any]]:
        """The entries that are durable now, oldest first, from a line's offset, without holding the file in memory."""
        for line in self.lines(start):
            yield json.loads(line.decode("utf-8", "surrogatepass"))

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """As `entries`, unparsed."""
        left = self._size - start
        with open(self._path, "rb") as file:
            file.seek(start)
            while left > 0:
                line = file.readline()
                if not line:
                    return
                left -= len(line)
                yield line

    def offset_of_last(self, count: int) -> int:
        """Where the last `count` lines begin."""
        offset = self._size
        while count > 0 and offset > 0:
            offset = self._line_end_before(offset - 1)
            count -= 1
        return offset

    def settle(self) -> None:
        """Waits until nothing is pending."""
        with self._changed:
            while self._committing or self._pending:
                self._changed.wait(1.0)

    def enqueue(self, entry: Dict[str, Any], prepare: Optional[Callable[[int], None]] = None) -> Ticket:
        """Gives the call its place. `prepare` gets the sequence number before anybody can read the line."""
        with self._changed:
            seq = self._next
            if prepare is not None:
                prepare(seq)
            self._next += 1
            text = json.dumps({"seq": seq, **entry}, ensure_ascii=False, separators=(",", ":"))
            ticket = Ticket(seq, text.encode("utf-8", "surrogatepass") + b"\n")
            self._pending.append(ticket)
            return ticket

    def wait(self, ticket: Ticket) -> None:
        """Returns when the call is on the disk; raises a Refusal (503: retry) where it could not be put there."""
        with self._changed:
            while not ticket.done and self._committing:
                self._changed.wait()
            if not ticket.done:
                self._committing = True
                batch, self._pending = self._pending, []
        if not ticket.done:
            try:
                self._commit(batch)
            finally:
                with self._changed:
                    self._committing = False
                    self._changed.notify_all()
        if ticket.error is not None:
            words = "The job's tracking journal cannot be written (%s); the call was not stored" % ticket.error.strerror
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", words)

    def _commit(self, batch: List[Ticket]) -> None:
        data = b"".join([ticket.line for ticket in batch])
        end = 0
        for ticket in batch:
            end += len(ticket.line)
            ticket.end = end
        written, error = self._append(data)
        self._size += written
        if error is not None:
            self.failures += 1
            self.failed_at = time.monotonic()
        for ticket in batch:
            ticket.error = error if ticket.end > written or self._unflushed else None
            ticket.line = b""
            ticket.done = True

    def _append(self, data: bytes) -> Tuple[int, Optional[OSError]]:
        """Writes whole lines; returns how many bytes stay. Half a line (full disk) is taken back: nobody reads it."""
        view, written, failure = memoryview(data), 0, None
        try:
            while written < len(data):
                written += os.write(self._fd, view[written:])
        except OSError as error:
            failure = error
            written = data.rfind(b"\n", 0, written) + 1
            os.ftruncate(self._fd, self._size + written)
        try:
            _FLUSH(self._fd)
            self._unflushed = False
        except OSError as error:
            self._unflushed = True
            failure = error
        return written, failure

    def close(self) -> None:
        """Waits for a commit that is under way."""
        with self._changed:
            while self._committing:
                self._changed.wait()
        os.close(self._fd)
