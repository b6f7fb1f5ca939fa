"""From requirements to a lock. Wheels are preferred to building from source; a pin moves only as the plan allows."""

import os
import re
import tempfile

from slipway.environments.failure import Failure
from slipway.environments.process import run

_NO_WHEEL = (
    re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*?)(?:\[[^\]]*\])?[=<>!~][^ ]* (?:has|have) no (?:usable )?wheels"),
    re.compile(r"Wheels are required for `([^`]+)`"),
    re.compile(r"only found wheels for `([^`]+)`"),
)
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_NETWORK = ("Failed to fetch", "Could not connect", "error sending request", "dns error", "Request failed after")


def normalized(name):
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_versions(lock):
    return {normalized(name): version for name, version in _LOCKED.findall(lock)}


def resolve(request, uv, python, env, flags, folder, log):
    """Returns (lock text, changes). Raises Failure("solver") with uv's own words.

    A named requirement goes through up to three states: as asked from wheels; its compatible release (`relaxed`, where
    the plan has one); as asked, built from source.
    """
    requirements = request["requirements"]
    states = {item["name"]: "asked" for item in requirements if item.get("name")}
    while True:
        code, words, lock = _compile(request, states, uv, python, env, flags, folder, log)
        if code == 0:
            lock = _only_named_hashes(lock, requirements)
            return lock, _changes(requirements, states, locked_versions(lock))
        moved = False
        for name in _names_without_wheel(words):
            following = _following(name, states.get(name), requirements)
            if following:
                log.line("%s: %s" % (name, _REASONS[following]))
                states[name] = following
                moved = True
        if not moved:
            raise _failure(words, folder)


_REASONS = {
    "relaxed": "no wheel of the pinned version runs here, looking for a compatible release",
    "source": "no wheel runs here, building it from source",
}


def _following(name, state, requirements):
    if state == "asked" and any(item["name"] == name and item.get("relaxed") for item in requirements):
        return "relaxed"
    return "source" if state in ("asked", "relaxed") else None


def _names_without_wheel(words):
    return sorted({normalized(name) for pattern in _NO_WHEEL for name in pattern.findall(words)})


def _compile(request, states, uv, python, env, flags, folder, log):
    lines = list(request.get("options", ()))
    for item in request["requirements"]:
        relaxed = states.get(item.get("name")) == "relaxed"
        lines.append(item["relaxed"] if relaxed and item.get("relaxed") else item["text"])
    with tempfile.TemporaryDirectory(prefix="resolve.", dir=folder) as temporary:
        # The options may hold an index with credentials: the file is ours alone and gone right after.
        source, target = os.path.join(temporary, "requirements.in"), os.path.join(temporary, "requirements.lock")
        _write(source, lines)
        argv = [uv, "pip", "compile", source, "--output-file", target, "--quiet", "--python", python]
        argv += ["--generate-hashes", "--no-header", "--no-annotate"] + flags
        if request.get("constraints"):
            constraints = os.path.join(temporary, "constraints.txt")
            _write(constraints, request["constraints"])
            argv += ["--constraints", constraints]
        for name, state in states.items():
            if state != "source":
                argv += ["--only-binary", name]
        code, words = run(argv, env=env, cwd=temporary, log=log)
        lock = ""
        if code == 0:
            with open(target, encoding="utf-8") as file:
                lock = file.read()
    return code, words.replace(temporary + os.sep, ""), lock


def _write(path, lines):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def _only_named_hashes(lock, requirements):
    """The lock with the hashes that the requirements name in place of all that the index has."""
    named = {item["name"]: item["hashes"] for item in requirements if item.get("name") and item.get("hashes")}
    if not named:
        return lock
    entries = re.split(r"(?m)^(?=\S)", lock)
    for index, entry in enumerate(entries):
        match = _LOCKED.match(entry)
        wanted = named.get(normalized(match.group(1))) if match else None
        if wanted is None:
            continue
        known = [value for value in re.findall(r"--hash=(\S+)", entry) if value in wanted]
        if not known:
            raise Failure("solver", "No file of %s has a hash that the requirements name" % match.group(0))
        head = entry.split("\\\n")[0].rstrip()
        entries[index] = head + "".join(" \\\n    --hash=" + value for value in known) + "\n"
    return "".join(entries)


def _changes(requirements, states, versions):
    changes = []
    for item in requirements:
        state, used = states.get(item.get("name")), versions.get(item.get("name"))
        if state == "relaxed" and item.get("relaxed"):
            changes.append(_change("pin-relaxed", item, used, "no wheel of the pinned version runs on this Python and machine"))
        elif state == "source":
            changes.append(_change("built-from-source", item, used, "there is no wheel for this Python and machine"))
    return changes


def _change(rule, item, version, why):
    return {"rule": rule, "wanted": item["text"], "used": "%s==%s" % (item["name"], version), "why": why}


def _failure(words, folder):
    if "No space left on device" in words:
        return Failure("disk", "No space is left in %s" % folder, words)
    if any(mark in words for mark in _NETWORK):
        return Failure(
            "install",
            "A package index could not be reached",
            words,
            "Check the network and proxy of this machine, or point pip at an index that it can reach.",
        )
    return Failure("solver", "The requirements cannot be satisfied together", words)
