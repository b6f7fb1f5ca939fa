"""A job's Python lists folders by name, whatever the file system's own order is."""

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


class ListingTest(unittest.TestCase):
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
