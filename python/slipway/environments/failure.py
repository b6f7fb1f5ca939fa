"""Failures that the engine turns into errors of its closed list."""


class Failure(Exception):
    """`kind` is one of: solver, install, disk, tool, cancelled, invalid, forbidden, conflict."""

    def __init__(self, kind, message, words="", next_step=""):
        super().__init__(message)
        self.kind = kind
        self.message = message
        #: What the program that failed (uv, pip) said itself.
        self.words = words
        self.next_step = next_step

    def to_dict(self):
        return {"kind": self.kind, "message": self.message, "words": self.words, "next": self.next_step}
