"""The door for a debugger: every Python program of a job that was submitted with `debug` listens for one.

A `.pth` of the overlay starts debugpy in each interpreter before the program's first line, so that any `python` in the
command is reached, whoever starts it. Children that debugpy follows by itself (their command line names it) are left to it.
Each program says in `<folder>/<pid>.json` where it listens: loopback only, on a free port that debugpy's adapter chooses.
"""

from __future__ import annotations

import glob
import os
from typing import Any, Dict

#: Variables of the programs: the folder of their notes, where debugpy lies, and how long they wait for a debugger.
FOLDER = "SLIPWAY_DEBUG_FOLDER"
DEBUGPY = "SLIPWAY_DEBUGPY"
WAIT = "SLIPWAY_DEBUG_WAIT_S"

_MODULE = "_slipway_debug"
_SOURCE = '''"""Put here by Slipway: this job was submitted with `debug`, so its Python programs listen for a debugger."""
import os
import sys


def _command_line():
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return os.fsdecode(file.read()).rstrip("\\0").split("\\0")
    except OSError:
        return list(getattr(sys, "orig_argv", ()))


def _is_followed(arguments):
    """Whether debugpy has started this interpreter, or is what it runs."""
    return any("pydevd" in argument or "debugpy" in argument for argument in arguments[1:])


def _say(words):
    try:
        sys.stderr.write("slipway: " + words + "\\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass


def _note(folder, place, arguments):
    import atexit
    import json
    import time

    path = os.path.join(folder, "%d.json" % os.getpid())
    owner = os.getpid()
    note = {"pid": owner, "host": place[0], "port": place[1], "program": arguments, "at": int(time.time() * 1000)}
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(note, file)
    os.replace(path + ".new", path)

    def forget():
        # A forked child has this too, and is not the one that listens.
        if os.getpid() == owner:
            try:
                os.unlink(path)
            except OSError:
                pass

    atexit.register(forget)


def _wait(debugpy, folder, seconds):
    import threading

    released = os.path.join(folder, "released")
    if seconds <= 0 or os.path.exists(released):
        return
    given_up = []
    done = threading.Event()

    def watch():
        left = seconds
        while not done.wait(min(0.2, max(left, 0.01))):
            left -= 0.2
            if debugpy.is_client_connected():
                continue
            if left <= 0 or os.path.exists(released):
                given_up.append(left <= 0)
                debugpy.wait_for_client.cancel()
                return

    threading.Thread(target=watch, name="slipway-debug-wait", daemon=True).start()
    debugpy.wait_for_client()
    done.set()
    if given_up and given_up[0]:
        _say("no debugger came within %g s, the program starts without one" % seconds)
        # Who comes after does not wait as well.
        open(released, "a").close()


def start():
    folder, source = os.environ.get("SLIPWAY_DEBUG_FOLDER"), os.environ.get("SLIPWAY_DEBUGPY")
    arguments = _command_line()
    if not folder or not source or _is_followed(arguments):
        return
    sys.path.append(source)
    try:
        # Its advice on frozen modules is for people who start it by hand.
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        import debugpy

        place = debugpy.listen(("127.0.0.1", 0))
        _note(folder, place, arguments)
        _wait(debugpy, folder, float(os.environ.get("SLIPWAY_DEBUG_WAIT_S") or 0))
    except Exception as error:
        # The run goes on: a debugger that cannot be had is no reason for a job to fail.
        _say("this program cannot be debugged: %s: %s" % (type(error).__name__, error))


start()
'''


def install(overlay: str, debug: Dict[str, Any]) -> Dict[str, str]:
    """Makes every interpreter of the overlay listen for a debugger.

    `debug` holds `folder`, `debugpy` (folder that holds the package) and `wait_s`. Returns the variables that the programs need.
    """
    os.makedirs(debug["folder"], mode=0o700, exist_ok=True)
    site_packages = glob.glob(os.path.join(glob.escape(overlay), "lib", "p*", "site-packages"))[0]
    with open(os.path.join(site_packages, _MODULE + ".py"), "w", encoding="utf-8") as file:
        file.write(_SOURCE)
    # Sorted last, so that all of the base is importable when it is read.
    with open(os.path.join(site_packages, "zz" + _MODULE + ".pth"), "w", encoding="utf-8") as file:
        file.write("import %s\n" % _MODULE)
    return {FOLDER: debug["folder"], DEBUGPY: debug["debugpy"], WAIT: "%g" % debug["wait_s"]}
