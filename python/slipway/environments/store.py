"""The environments of a root: where they lie, which are whole, how large, when last used, and their removal.

<root>/environments/<key>/                the virtual environment, whole only with its marker file
<root>/environments/<key>.{lock,log}      the builder's lock and log
<root>/environments/resolved/<key>.json   the lock file that the requirements led to
"""

import json
import os
import re
import shutil
import tempfile

from slipway.environments.failure import Failure
from slipway.environments.locks import held

MARKER = "slipway-environment.json"
_KEY = re.compile(r"[0-9a-z][0-9a-z-]{7,127}$")


class Place:
    """All the paths of one environment."""

    def __init__(self, root, key):
        if not _KEY.match(key):
            raise Failure("invalid", "Not the key of an environment: %r" % key)
        self.folder = os.path.join(root, "environments")
        self.path = os.path.join(self.folder, key)
        self.python = os.path.join(self.path, "bin", "python")
        self.marker = os.path.join(self.path, MARKER)
        self.lock = self.path + ".lock"
        self.log = self.path + ".log"
        self.failed = self.path + ".failed"
        self.resolved = os.path.join(self.folder, "resolved", key + ".json")


def read_json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_json(path, value):
    """Whole or not at all, also after a power cut."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".write.", dir=os.path.dirname(path))
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def list_environments(root):
    """One entry per environment folder: key, path, bytes on disk, seconds since the epoch of making and last use."""
    folder = os.path.join(root, "environments")
    entries = []
    for name in sorted(_names(folder)):
        path = os.path.join(folder, name)
        if not _KEY.match(name) or not os.path.isdir(path) or os.path.islink(path):
            continue
        marker = os.path.join(path, MARKER)
        manifest = read_json(marker)
        used = os.stat(marker if manifest else path).st_mtime
        entries.append(
            {
                "key": name,
                "path": path,
                "complete": manifest is not None,
                "label": (manifest or {}).get("label", ""),
                "python_version": (manifest or {}).get("python_version", ""),
                "bytes": (manifest or {}).get("bytes") or size_of(path),
                "created": (manifest or {}).get("created", used),
                "used": used,
            }
        )
    return entries


def remove_environment(root, key, unused_since=None):
    """Removes one environment and returns the bytes freed. 0 when it is being built, or was used after `unused_since`."""
    place = Place(root, key)
    if not os.path.isdir(place.path):
        return 0

    class Busy(Exception):
        pass

    def busy():
        raise Busy

    try:
        with held(place.lock, waiting=busy):
            try:
                used = os.stat(place.marker).st_mtime
            except FileNotFoundError:
                used = 0
            if unused_since is not None and used > unused_since:
                return 0
            freed = size_of(place.path)
            # Out of sight first: what is half removed is never taken for an environment.
            trash = tempfile.mkdtemp(prefix=".removed.", dir=place.folder)
            os.rename(place.path, os.path.join(trash, key))
            shutil.rmtree(trash, ignore_errors=True)
            for path in (place.log, place.failed, place.resolved, place.lock):
                try:
                    os.unlink(path)
                except FileNotFoundError:
                    pass
            return freed
    except Busy:
        return 0


def sweep_trash(root):
    """Finishes removals that were interrupted."""
    folder = os.path.join(root, "environments")
    for name in _names(folder):
        if name.startswith(".removed."):
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)


def size_of(path):
    """Bytes on disk below `path`; files that the package cache shares (hard links) count as their part."""
    total = 0
    for folder, _folders, files in os.walk(path):
        for name in files:
            try:
                stat = os.lstat(os.path.join(folder, name))
            except OSError:
                continue
            total += stat.st_blocks * 512 // max(1, stat.st_nlink)
    return total


def _names(folder):
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
