"""Finding uv: on PATH, or installed by pip into the tools of this root."""

import glob
import os
import re
import shutil
import subprocess
import tempfile

from slipway.environments.failure import Failure
from slipway.environments.locks import held
from slipway.environments.process import run

#: The oldest uv whose options we use.
OLDEST = (0, 5, 0)


def find_uv(root):
    """(absolute path, version) of a uv that works, or None."""
    own = sorted(glob.glob(os.path.join(glob.escape(root), "tools", "uv-*", "bin", "uv")), key=_version_key, reverse=True)
    on_path = shutil.which("uv")
    for path in ([os.path.abspath(on_path)] if on_path else []) + own:
        version = _version(path)
        if version and tuple(int(part) for part in version.split(".")) >= OLDEST:
            return path, version
    return None


def provide_uv(root, pythons, environ, log):
    """The uv of this machine; where there is none, pip of the first Python that has pip installs one."""
    found = find_uv(root)
    if found:
        return found
    tools = os.path.join(root, "tools")
    os.makedirs(tools, exist_ok=True)
    with held(os.path.join(tools, "uv.lock")):
        found = find_uv(root)
        if found:
            return found
        log.line("Installing uv")
        temporary = tempfile.mkdtemp(prefix="uv.", dir=tools)
        try:
            words = ""
            for python in filter(shutil.which, pythons):
                code, words = run(
                    [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--target", temporary, "uv"],
                    env=environ,
                    log=log,
                )
                if code == 0:
                    return _keep(temporary, tools)
            if "No space left" in words:
                raise Failure("disk", "No space is left in %s" % tools, words)
            raise Failure(
                "tool",
                "uv is not on PATH and could not be installed with pip",
                words,
                "Install uv on this machine (pip install uv) or put it on PATH.",
            )
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _keep(temporary, tools):
    version = _version(os.path.join(temporary, "bin", "uv"))
    if not version:
        raise Failure("tool", "The uv that pip installed does not start on this machine")
    folder = os.path.join(tools, "uv-" + version)
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(temporary, folder)
    return os.path.join(folder, "bin", "uv"), version


def _version(path):
    try:
        done = subprocess.run(
            [path, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\buv (\d+\.\d+\.\d+)", done.stdout.decode("utf-8", "replace"))
    return match.group(1) if match else None


def _version_key(path):
    return [int(part) for part in re.findall(r"\d+", path.rsplit("uv-", 1)[-1])[:3]]


def prune_cache(root):
    """Lets uv prune the package cache of this root and returns the bytes freed. A cache that the user named is his."""
    cache = os.path.join(root, "cache", "uv")
    found = find_uv(root)
    if "UV_CACHE_DIR" in os.environ or not os.path.isdir(cache) or not found:
        return 0
    before = _bytes_below(cache)
    code, words = run([found[0], "cache", "prune", "--cache-dir", cache], env=dict(os.environ, UV_CACHE_DIR=cache))
    if code != 0:
        raise Failure("tool", "uv could not prune its cache", words)
    return max(0, before - _bytes_below(cache))


def _bytes_below(path):
    """Bytes on disk; of a file that an environment shares (a hard link) nothing, since it stays there."""
    total = 0
    for folder, _folders, files in os.walk(path):
        for name in files:
            try:
                stat = os.lstat(os.path.join(folder, name))
            except OSError:
                continue
            total += stat.st_blocks * 512 if stat.st_nlink == 1 else 0
    return total
