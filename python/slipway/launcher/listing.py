"""Sorted folder listings for the Python programs of a job.

Azure's mounts list their files by name, and scripts rely on it (`os.listdir(data)[0]`); ext4 lists by a hash that differs from
disk to disk, tmpfs backwards. No folder can be laid out so that every file system lists it by name, so `os.listdir` and
`os.scandir` of the job's own interpreter sort instead. Everything else of a listing stays as it is.
"""

from __future__ import annotations

import os

_MODULE = "_slipway_listing"
_SOURCE = '''"""Put here by Slipway: folders are listed by name, as on Azure's mounts."""
import os

_listdir, _scandir = os.listdir, os.scandir


class _Builtin:
    """Stands in for a builtin: kept in a class it is no method (pathlib keeps os.scandir so), and it pickles by name."""

    def __init__(self, call, like):
        self._call = call
        self.__module__, self.__name__, self.__qualname__, self.__doc__ = "os", like.__name__, like.__name__, like.__doc__

    def __call__(self, *arguments, **named):
        return self._call(*arguments, **named)

    def __reduce__(self):
        return self.__name__


def _sorted_listdir(path=None):
    return sorted(_listdir(path))


class _Sorted:
    """What os.scandir gives, by name."""

    def __init__(self, path):
        with _scandir(path) as entries:
            self._entries = iter(sorted(entries, key=lambda entry: entry.name))

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        self._entries = iter(())


listdir, scandir = _Builtin(_sorted_listdir, _listdir), _Builtin(lambda path=None: _Sorted(path), _scandir)

# shutil and others ask which functions take a file descriptor.
for _old, _new in ((_listdir, listdir), (_scandir, scandir)):
    if _old in os.supports_fd:
        os.supports_fd.add(_new)
os.listdir, os.scandir = listdir, scandir
'''


def install(site_packages: str) -> None:
    """Makes every interpreter that starts with `site_packages` list folders by name."""
    with open(os.path.join(site_packages, _MODULE + ".py"), "w", encoding="utf-8") as file:
        file.write(_SOURCE)
    with open(os.path.join(site_packages, _MODULE + ".pth"), "w", encoding="utf-8") as file:
        file.write("import %s\n" % _MODULE)
