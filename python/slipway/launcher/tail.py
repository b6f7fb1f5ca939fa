"""Reading files that grow, by offset."""

from __future__ import annotations

import os
from typing import Optional

CHUNK = 256 * 1024


class Tail:
    """One growing file. Opened only while it is read: many watched attempts hold no file descriptors."""

    def __init__(self, path: str, offset: int, whole_lines: bool) -> None:
        self.path = path
        self.offset = offset
        self._whole_lines = whole_lines
        self._seen = -1

    def size(self) -> int:
        """Bytes there are now; 0 where the file is not there yet."""
        try:
            return os.stat(self.path).st_size
        except OSError:
            return 0

    def next(self) -> bytes:
        """The next bytes, at most a chunk (a longer line comes whole); empty where there is nothing new."""
        size = self.size()
        if size <= self.offset or size == self._seen:
            return b""
        with open(self.path, "rb", buffering=0) as file:
            file.seek(self.offset)
            data = file.read(CHUNK) or b""
            if self._whole_lines:
                cut = self._line_end(file, data)
                if cut is None:
                    self._seen = size  # only the start of a line so far: wait until the file grows
                    return b""
                data = cut
        self._seen = -1
        return data

    def took(self, data: bytes) -> None:
        """Those bytes are delivered."""
        self.offset += len(data)

    @staticmethod
    def _line_end(file: object, data: bytes) -> Optional[bytes]:
        parts = [data]
        while data:
            end = data.rfind(b"\n")
            if end >= 0:
                if len(parts) > 1:
                    end = data.find(b"\n")
                parts[-1] = data[: end + 1]
                return b"".join(parts)
            data = file.read(CHUNK) or b""  # type: ignore[attr-defined]
            parts.append(data)
        return None
