"""A job's Python lists folders by name, whatever the file system's own order is."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from slipway.launcher.overlay import create  # noqa: E402

PROGRAM = """
import glob, json, os, pathlib, shutil, sys
folder = sys.argv[1]
with os.scandir(folder) as entries:
    first = next(entries)
    rest = [entry.name for entry in entries]
handle = os.open(folder, os.O_RDONLY)
os.chdir(folder)
print(json.dumps({
    "listdir": os.listdir(folder), "here": os.listdir(), "bytes": [os.fsdecode(name) for name in os.listdir(os.fsencode(folder))],
    "handle": os.listdir(handle), "scandir": [first.name] + rest, "kept": first.is_file() and first.stat().st_size == 0,
    "walk": next(os.walk(folder))[2], "glob": [os.path.basename(path) for path in glob.glob(folder + "/*")],
    "iterdir": [path.name for path in pathlib.Path(folder).iterdir()],
}))
try:
    os.listdir(folder + "/none")
except FileNotFoundError as error:
    print(error.filename.endswith("/none"))
copy = folder + ".copy"
shutil.copytree(folder, copy)
shutil.rmtree(copy)
print(shutil.rmtree.avoids_symlink_attacks, os.path.exists(copy))
"""


HABITS = """
import os, pathlib, pickle, shutil, sys, tempfile
folder = pathlib.Path(sys.argv[1])
class Keeper:
    scandir, listdir = os.scandir, os.listdir
assert Keeper().listdir(folder) == ["a", "b.txt"]
assert [entry.name for entry in Keeper().scandir(folder)] == ["a", "b.txt"]
assert [path.name for path in folder.rglob("*")] == ["a", "b.txt", "c.txt"]
assert [path.name for path in folder.glob("**/*.txt")] == ["b.txt", "c.txt"] or sys.version_info >= (3, 13)
assert pickle.loads(pickle.dumps(os.listdir)) is os.listdir
assert os.listdir in os.supports_fd
with tempfile.TemporaryDirectory() as name:
    (pathlib.Path(name) / "x").touch()
assert not os.path.exists(name)
print("fine")
"""


def pythons():
    """The interpreters of this machine that can be found, each once: the one of the tests, those on PATH, pyenv's."""
    names = ["python3.%d" % minor for minor in range(8, 15)]
    found = [sys.executable] + [path for path in map(shutil.which, names) if path]
    found += sorted(glob.glob(os.path.join(os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv")), "versions/3.*/bin/python3")))
    versions = {}
    for path in found:
        done = subprocess.run([path, "-c", "import sys; print(sys.version_info[:2] >= (3, 8), sys.prefix)"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        said = done.stdout.decode().strip()
        if done.returncode == 0 and said.startswith("True"):
            versions.setdefault(said, path)
    return list(versions.values())


class ListingTest(unittest.TestCase):
    def test_programs_that_keep_the_functions_do_not_notice(self):
        for number, base in enumerate(pythons()):
            with self.subTest(python=base):
                folder = tempfile.mkdtemp(prefix="slipway-listing-")
                self.addCleanup(shutil.rmtree, folder, True)
                python = create(base, os.path.join(folder, "venv%d" % number))
                place = os.path.join(folder, "place")
                os.makedirs(os.path.join(place, "a"))
                for name in ("b.txt", "a/c.txt"):
                    open(os.path.join(place, name), "w").close()
                done = subprocess.run([python, "-c", HABITS, place], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual(done.stdout.decode().strip(), "fine")

    def test_every_way_to_list_is_sorted(self):
        folder = tempfile.mkdtemp(prefix="slipway-listing-")
        self.addCleanup(shutil.rmtree, folder, True)
        python = create(sys.executable, os.path.join(folder, "venv"))
        names = sorted("part-%03d-%s.csv" % (number * 37 % 101, "gy"[number % 2]) for number in range(60))
        places = [tempfile.mkdtemp(dir=folder)]
        if os.path.isdir("/dev/shm"):
            places.append(tempfile.mkdtemp(prefix="slipway-listing-", dir="/dev/shm"))
        for place in places:
            self.addCleanup(shutil.rmtree, place, True)
            for name in names[::2] + names[1::2]:
                open(os.path.join(place, name), "w").close()
            # The test says something only where the file system's own order is another one.
            self.assertNotEqual(os.listdir(place), names)
            done = subprocess.run([python, "-c", PROGRAM, place], stdout=subprocess.PIPE, check=True)
            first, missing, removed = done.stdout.decode().splitlines()
            seen = json.loads(first)
            self.assertTrue(seen.pop("kept"))
            for way, listed in seen.items():
                self.assertEqual(listed, names, way)
            self.assertEqual((missing, removed), ("True", "True False"))


if __name__ == "__main__":
    unittest.main()
