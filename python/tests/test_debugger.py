"""The door for a debugger in a job's overlay. That breakpoints are hit is tested in VS Code, where a debugger is."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from slipway.launcher.debugger import install  # noqa: E402
from slipway.launcher.overlay import create  # noqa: E402


class Door(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="slipway-debugger-")
        self.addCleanup(shutil.rmtree, self.root, True)
        base = os.path.join(self.root, "base")
        subprocess.check_call([sys.executable, "-m", "venv", "--without-pip", base])
        self.overlay = os.path.join(self.root, "overlay")
        self.python = create(base, self.overlay)
        self.source = os.path.join(self.root, "tools")
        os.mkdir(self.source)
        folder = os.path.join(self.root, "debug")
        self.variables = install(self.overlay, {"folder": folder, "debugpy": self.source, "wait_s": 5})

    def run_program(self, *arguments, variables=None):
        env = dict(os.environ, **(self.variables if variables is None else variables))
        done = subprocess.run([self.python, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_a_debugger_that_cannot_be_loaded_is_no_reason_to_fail(self):
        code, out, words = self.run_program("-c", "print('ran')")
        self.assertEqual((code, out), (0, "ran\n"))
        self.assertIn("slipway: this program cannot be debugged: ModuleNotFoundError", words)

    def test_without_the_variables_nothing_happens(self):
        self.assertEqual(self.run_program("-c", "print('ran')", variables={}), (0, "ran\n", ""))

    def test_what_debugpy_starts_itself_is_left_to_it(self):
        program = os.path.join(self.root, "pydevd.py")
        with open(program, "w") as file:
            file.write("print('ran')\n")
        self.assertEqual(self.run_program(program), (0, "ran\n", ""))

    def test_the_folder_of_notes_is_private(self):
        self.assertEqual(os.stat(os.path.join(self.root, "debug")).st_mode & 0o777, 0o700)


if __name__ == "__main__":
    unittest.main()
