"""A command inside a container: how it is started, how its variables reach it, and that nothing of it stays behind."""

from __future__ import annotations

import subprocess
import tempfile
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from . import environment, notes, processes

CALL_LIMIT_S = 60.0
"""How long the container engine may take to stop or remove a container before that is given up."""

_PROXIES = frozenset(
    "http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY TZ".split()
)
_OF_CLIENT = frozenset("PATH HOME USER LOGNAME SHELL TMPDIR PWD REGISTRY_AUTH_FILE GODEBUG GOMAXPROCS".split())
_OF_CLIENT_PREFIXES = ("LD_", "XDG_", "DOCKER_", "CONTAINER", "PODMAN_", "BUILDAH_", "STORAGE_", "NETAVARK_", "_")


class ContainerError(Exception):
    """The container cannot be made; the engine's words say why."""


def create(
    spec: Mapping[str, Any],
    source: Mapping[str, str],
    relay_url: Optional[str],
    canceled: Callable[[], bool],
) -> Tuple[List[str], Dict[str, str]]:
    """Makes the container and returns argv and environment of the client that starts it and ends with its exit code.

    Made first and started then, so that whoever is killed meanwhile, its name is one that can be removed. Raises
    ContainerError when it cannot be made.
    """
    container = spec["container"]
    options, client = _variables(_inside(spec, source, relay_url), source)
    argv = [container["program"], "create", "--name", container["name"], *container["options"], *options]
    argv += ["--entrypoint", spec["argv"][0], "--", container["image"], *spec["argv"][1:]]
    with tempfile.TemporaryFile() as words:
        maker = subprocess.Popen(argv, env=client, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words)
        while True:
            try:
                code = maker.wait(0.1)
                break
            except subprocess.TimeoutExpired:
                if canceled():
                    maker.kill()
        if code != 0 and not canceled():
            words.seek(0)
            said = words.read().decode("utf-8", "replace").strip()
            raise ContainerError(said[-2000:] or "%s create ended with %d" % (container["program"], code))
    start = dict(source)
    start[processes.MARKER] = str(spec["marker"])
    # Without the client's own warnings: what it writes is the job's log.
    return [container["program"], "--log-level=fatal", "start", "--attach", "--", container["name"]], start


def _variables(inside: Mapping[str, str], source: Mapping[str, str]) -> Tuple[List[str], Dict[str, str]]:
    """Options and the client's environment. Values reach the container by name, so that none stands in a process list.

    Only the names that the client itself lives by (PATH, HOME…) are written out where the job sets them.
    """
    client = dict(source)
    options: List[str] = []
    for name, value in sorted(inside.items()):
        if name in _OF_CLIENT or name.startswith(_OF_CLIENT_PREFIXES):
            options += ["--env", "%s=%s" % (name, value)]
        else:
            client[name] = value
            options += ["--env", name]
    return options, client


def _inside(spec: Mapping[str, Any], source: Mapping[str, str], relay_url: Optional[str]) -> Dict[str, str]:
    """Nothing of this machine but its proxies and time zone: the image brings its own PATH, locale and libraries."""
    return environment.job_environment(spec, {n: v for n, v in source.items() if n in _PROXIES}, relay_url, None)


def end(spec: Mapping[str, Any]) -> Dict[str, Any]:
    """Removes the container of the job, if there is one, and returns evidence: whether memory ran out in it, or that it stays.

    Only when nobody sweeps the job's processes any more: the calls are children of the job's keeper, too.
    """
    container = spec.get("container")
    if not container:
        return {}
    program, name = container["program"], container["name"]
    evidence: Dict[str, Any] = {}
    if _call([program, "container", "inspect", "--format", "{{.State.OOMKilled}}", "--", name]) == "true":
        evidence["oom"] = {"source": "container", "container": name}
    for _ in range(3):
        _call([program, "rm", "--force", "--", name])
        if _call([program, "container", "inspect", "--format", "{{.Id}}", "--", name]) is None:
            return evidence
        time.sleep(0.2)
    evidence["container_left"] = name
    return evidence


def _call(argv: List[str]) -> Optional[str]:
    """What a call of the engine prints; None when it failed."""
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CALL_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        notes.failure("%s %s failed" % (argv[0], argv[1]))
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
