"""A small HTTP/1.1 server side: keep-alive, one write for each answer, bodies in memory or streamed."""

from __future__ import annotations

import json
import os
import re
import socket
from typing import Any, BinaryIO, Dict, Iterator, Mapping, Optional, Tuple

HEAD_LIMIT = 65536
PIECE = 262144
LINGER_S, LINGER_BYTES = 2.0, 256 << 20
_REQUEST_LINE = re.compile(rb"([A-Z]{1,16}) ([!-~]{1,16384}) HTTP/1\.([01])\Z")
_LENGTH = re.compile(r"\d{1,18}\Z")

REASONS = {
    200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content", 302: "Found", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 411: "Length Required", 413: "Payload Too Large", 415: "Unsupported Media Type",
    416: "Range Not Satisfiable", 421: "Misdirected Request", 422: "Unprocessable Entity", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
    503: "Service Unavailable",
}  # fmt: skip


class Refusal(Exception):
    """An answer that is an error: status, MLflow's error code, words. `close` ends the connection after it."""

    def __init__(self, status: int, code: str, message: str, close: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.close = close

    def answer(self) -> "Answer":
        """The refusal as MLflow writes errors."""
        body = json.dumps({"error_code": self.code, "message": str(self)}).encode()
        return Answer(self.status, body, close=self.close)


def invalid(message: str) -> Refusal:
    """400, the client's fault: MLflow's client does not retry it."""
    return Refusal(400, "INVALID_PARAMETER_VALUE", message)


class Answer:
    """Status, headers and a body in memory, or an open file whose bytes are the body."""

    __slots__ = ("status", "body", "headers", "file", "close")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        headers: Optional[Mapping[str, str]] = None,
        file: Optional[BinaryIO] = None,
        close: bool = False,
    ) -> None:
        self.status = status
        self.body = body
        self.headers = {"Content-Type": "application/json"} if headers is None else headers
        self.file = file
        self.close = close


class Request:
    """One request; `body` or `stream` must be used up before the next one can be read."""

    __slots__ = ("method", "path", "query", "headers", "keep_alive", "_connection", "_length", "consumed")

    def __init__(
        self, connection: "Connection", method: str, target: str, headers: Dict[str, str], keep_alive: bool
    ) -> None:
        self.method = method
        self.path, _, self.query = target.partition("?")
        self.headers = headers
        self.keep_alive = keep_alive
        self._connection = connection
        self._length = self._body_length()
        self.consumed = self._length == 0

    def _body_length(self) -> Optional[int]:
        """Bytes of the body; None where it comes in chunks."""
        coding = self.headers.get("transfer-encoding")
        length = self.headers.get("content-length")
        if coding is not None:
            if coding.strip().lower() != "chunked" or length is not None:
                raise Refusal(400, "BAD_REQUEST", "Unsupported transfer encoding", close=True)
            return None
        if length is None:
            return 0
        if not _LENGTH.match(length):
            raise Refusal(400, "BAD_REQUEST", "Bad content length", close=True)
        return int(length)

    def body(self, limit: int) -> bytes:
        """The whole body; refuses more than `limit` bytes."""
        if self.consumed:
            return b""
        length = self._length
        if length is not None and length <= limit and "expect" not in self.headers:
            self.consumed = True
            return self._connection.take(length)
        parts, size = [], 0
        for piece in self.stream(limit):
            parts.append(piece)
            size += len(piece)
        return b"".join(parts)

    def stream(self, limit: Optional[int] = None) -> Iterator[bytes]:
        """The body in pieces."""
        too_much = Refusal(413, "BAD_REQUEST", "The request is larger than %s bytes" % limit, close=True)
        if self._length is not None and limit is not None and self._length > limit:
            raise too_much
        if "expect" in self.headers:
            self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        size = 0
        pieces = self._connection.chunks() if self._length is None else self._connection.pieces(self._length)
        for piece in pieces:
            size += len(piece)
            if limit is not None and size > limit:
                raise too_much
            yield piece
        self.consumed = True


class Gone(Exception):
    """The client went away."""


class Connection:
    """One client's connection."""

    def __init__(self, client: socket.socket) -> None:
        self._socket = client
        self._buffer = b""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def next_request(self) -> Optional[Request]:
        """The next request, or None where the client closed between two."""
        head = self._head()
        if head is None:
            return None
        lines = head.split(b"\r\n")
        match = _REQUEST_LINE.match(lines[0])
        if match is None:
            raise Refusal(400, "BAD_REQUEST", "Not an HTTP/1.1 request", close=True)
        headers: Dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            key = name.decode("latin-1").lower()
            if not colon or not key or key != key.strip() or key in headers and key in ("host", "content-length"):
                raise Refusal(400, "BAD_REQUEST", "Malformed header", close=True)
            headers[key] = value.decode("latin-1").strip()
        connection = headers.get("connection", "").lower()
        keep = connection != "close" if match.group(3) == b"1" else connection == "keep-alive"
        return Request(self, match.group(1).decode(), match.group(2).decode("latin-1"), headers, keep)

    def _head(self) -> Optional[bytes]:
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
                return head
            if len(self._buffer) > HEAD_LIMIT:
                raise Refusal(431, "BAD_REQUEST", "Request headers too large", close=True)
            piece = self._socket.recv(PIECE)
            if not piece:
                if self._buffer:
                    raise Gone()
                return None
            self._buffer += piece

    def take(self, length: int) -> bytes:
        """Exactly `length` bytes."""
        if len(self._buffer) >= length:
            data, self._buffer = self._buffer[:length], self._buffer[length:]
            return data
        parts = [self._buffer]
        missing = length - len(self._buffer)
        self._buffer = b""
        while missing:
            piece = self._socket.recv(min(missing, PIECE))
            if not piece:
                raise Gone()
            parts.append(piece)
            missing -= len(piece)
        return b"".join(parts)

    def pieces(self, length: int) -> Iterator[bytes]:
        """`length` bytes in pieces."""
        while length:
            piece = self.take(min(length, PIECE))
            length -= len(piece)
            yield piece

    def chunks(self) -> Iterator[bytes]:
        """A body with Transfer-Encoding: chunked."""
        while True:
            size_text = self._line().split(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError as error:
                raise Refusal(400, "BAD_REQUEST", "Malformed chunk", close=True) from error
            if size == 0:
                while self._line():
                    pass
                return
            yield from self.pieces(size)
            self._line()

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > HEAD_LIMIT:
                raise Refusal(400, "BAD_REQUEST", "Malformed chunk", close=True)
            piece = self._socket.recv(PIECE)
            if not piece:
                raise Gone()
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def send(self, data: bytes) -> None:
        """Writes all of it."""
        self._socket.sendall(data)

    def answer(self, answer: Answer, head_only: bool, keep_alive: bool) -> None:
        """Writes an answer."""
        head, size = self._answer_head(answer, keep_alive)
        if answer.file is None:
            self.send(head if head_only else head + answer.body)
            return
        self.send(head)
        if head_only:
            return
        while size:
            piece = answer.file.read(min(PIECE, size))
            if not piece:
                raise Gone()
            self.send(piece)
            size -= len(piece)

    def linger(self) -> None:
        """Reads what a client still sends, for a short while: closing at once could take our answer from it."""
        self._socket.shutdown(socket.SHUT_WR)
        self._socket.settimeout(LINGER_S)
        left = LINGER_BYTES
        while left > 0:
            piece = self._socket.recv(PIECE)
            if not piece:
                return
            left -= len(piece)

    @staticmethod
    def _answer_head(answer: Answer, keep_alive: bool) -> Tuple[bytes, int]:
        size = len(answer.body) if answer.file is None else os.fstat(answer.file.fileno()).st_size
        lines = ["HTTP/1.1 %d %s" % (answer.status, REASONS.get(answer.status, "Answer"))]
        lines += ["%s: %s" % pair for pair in answer.headers.items() if "\r" not in pair[1] and "\n" not in pair[1]]
        lines.append("Content-Length: %d" % size)
        if not keep_alive:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"), size


def json_answer(value: Any, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(value, separators=(",", ":")).encode())


EMPTY = Answer(200, b"{}")
