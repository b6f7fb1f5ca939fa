"""Command line of the launcher: run D, link, probe [D], attempts ROOT."""

from __future__ import annotations

import os
import sys
from typing import List

USAGE = "usage: slipway_launcher.py run FOLDER | link | probe [FOLDER] | attempts ROOT\n"


def main(arguments: List[str]) -> int:
    """Runs one command; returns the exit code (2 for a wrong call)."""
    if sys.version_info < (3, 8):
        sys.stderr.write("Slipway's launcher needs Python 3.8 or newer; this is %s\n" % sys.version.split()[0])
        return 3
    command, rest = (arguments[0] if arguments else ""), arguments[1:]
    if command == "run" and len(rest) == 1:
        _leave_outer_job()
        from .run import run

        return run(rest[0])
    if command == "link" and not rest:
        from .link import link

        return link()
    if command == "probe" and len(rest) <= 1:
        from .probe import probe

        return probe(rest[0] if rest else os.getcwd())
    if command == "attempts" and len(rest) == 1:
        from .attempts import attempts

        return attempts(rest[0])
    sys.stderr.write(USAGE)
    return 2


def _leave_outer_job() -> None:
    """Started inside a job, the launcher would carry that job's marker and end with it: start again without it."""
    from .processes import MARKER

    if MARKER in os.environ:
        env = {name: value for name, value in os.environ.items() if name != MARKER}
        as_module = getattr(sys.modules["__main__"], "__spec__", None) is not None
        program = ["-m", "slipway.launcher"] if as_module else [sys.argv[0]]
        os.execve(sys.executable, [sys.executable, *program, *sys.argv[1:]], env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
