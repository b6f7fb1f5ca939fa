"""A build that is cancelled ends, even when Python drops the interruption."""

import os
import signal
import subprocess
import sys
import unittest

PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")

#: The signal comes inside a finaliser, where whatever is raised is printed and forgotten.
LOST = """
import os, signal, sys
from slipway.environments.failure import Failure
from slipway.environments.process import cancel_on_request, run

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _turn in range(1000):
            pass

cancel_on_request()
Dropped()
print("went on", flush=True)
try:
    run([sys.executable, "-c", "print('must not start')"])
except Failure as failure:
    print(failure.kind, flush=True)
os._exit(0)
"""

#: The signal comes while a program is being started.
STARTING = """
import os, signal, subprocess, sys
from slipway.environments import process
from slipway.environments.failure import Failure

process.cancel_on_request()
started = []
popen = subprocess.Popen

class Interrupted(popen):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        started.append(self)
        os.kill(os.getpid(), signal.SIGTERM)
        for _turn in range(1000):
            pass

subprocess.Popen = Interrupted
try:
    process.run([sys.executable, "-c", "import time; time.sleep(600)"])
except Failure as failure:
    print(failure.kind, started[0].poll(), flush=True)
os._exit(0)
"""


def output_of(program):
    environment = dict(os.environ, PYTHONPATH=PACKAGE)
    done = subprocess.run([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, timeout=60)
    return done.stdout.decode().split("\n")[:-1]


class Cancelling(unittest.TestCase):
    def test_an_interruption_that_python_drops_is_remembered(self):
        self.assertEqual(output_of(LOST), ["went on", "cancelled"])

    def test_a_program_that_was_just_started_is_ended(self):
        self.assertEqual(output_of(STARTING), ["cancelled %d" % -signal.SIGKILL])


if __name__ == "__main__":
    unittest.main()
