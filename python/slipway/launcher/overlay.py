"""A virtual environment chained to a base: what a job installs lands in the overlay, everything else comes from the base.

`create(base, path)` is made for speed (a tenth of a second): links instead of copies, at most one question to the base.
Only the standard library, Python 3.8 or newer; the base may be older. Works for a virtual environment (also one of uv's)
and for a plain interpreter of the system, pyenv or conda.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import listing

#: Longer lines are cut by some kernels; the shell then starts the interpreter.
_LONGEST_SHEBANG = 127
#: Scripts are small. What is larger is a program that carries its own interpreter.
_LARGEST_SCRIPT = 256 * 1024
#: Sorted first, so that the base's own .pth files are honoured before those that a job installs.
_CHAIN_FILE = "__slipway_base__.pth"
_TOP_LEFT_OUT = frozenset(("bin", "lib", "lib64", "pyvenv.cfg", "Scripts", "conda-meta", "pkgs", "envs", "compiler_compat"))

_ASK = """
import json, site, sys
print(json.dumps({
    "executable": sys.executable, "prefix": sys.prefix, "base_prefix": sys.base_prefix,
    "real": getattr(sys, "_base_executable", None) or sys.executable,
    "version": "%d.%d" % sys.version_info[:2], "full": "%d.%d.%d" % sys.version_info[:3],
    "implementation": sys.implementation.name, "site": site.getsitepackages([sys.prefix]),
}))
"""

_ACTIVATE = """# Use as: source activate
deactivate () {{
    if [ -n "${{_SLIPWAY_OLD_PATH:-}}" ]; then PATH="$_SLIPWAY_OLD_PATH"; export PATH; unset _SLIPWAY_OLD_PATH; fi
    unset VIRTUAL_ENV
    hash -r 2>/dev/null
    if [ "${{1:-}}" != nondestructive ]; then unset -f deactivate; fi
}}
deactivate nondestructive
VIRTUAL_ENV={path}
export VIRTUAL_ENV
_SLIPWAY_OLD_PATH="$PATH"
PATH="$VIRTUAL_ENV/bin:$PATH"
export PATH
unset PYTHONHOME
hash -r 2>/dev/null
"""


def create(base: str, path: str) -> str:
    """Makes the overlay of `base` (an environment's folder or an interpreter) in the new folder `path`.

    Returns the overlay's interpreter. An overlay that is there already is replaced. Raises OSError when a file cannot be
    made and ValueError when the base is no Python.
    """
    path = os.path.abspath(path)
    facts = _read_virtual(base) or _ask_base(base)
    if os.path.lexists(path):
        shutil.rmtree(path)
    bin_folder = os.path.join(path, "bin")
    site_packages = os.path.join(path, "lib", "python" + facts["version"], "site-packages")
    if facts["implementation"] == "pypy":
        site_packages = os.path.join(path, "lib", "pypy" + facts["version"], "site-packages")
    os.makedirs(bin_folder)
    os.makedirs(site_packages)
    if sys.maxsize > 2**32 and sys.platform.startswith("linux"):
        os.symlink("lib", os.path.join(path, "lib64"))
    python = _link_interpreter(facts, bin_folder)
    virtual = facts["prefix"] != facts["base_prefix"]
    _write(os.path.join(path, "pyvenv.cfg"), _configuration(facts, virtual))
    # A plain interpreter's own site-packages come after ours through the configuration; a virtual base's need the chain.
    if virtual:
        _write(os.path.join(site_packages, _CHAIN_FILE), _chain_line(facts))
    listing.install(site_packages)
    _write(os.path.join(bin_folder, "activate"), _ACTIVATE.format(path=_shell_quoted(path)))
    _repoint_scripts(facts, bin_folder, python, virtual)
    _link_data(facts["prefix"], path, virtual)
    return python


def _read_virtual(base: str) -> Optional[Dict[str, Any]]:
    """What the files of a virtual environment tell without starting it; None when they do not tell enough."""
    prefix = os.path.abspath(base if os.path.isdir(base) else os.path.dirname(os.path.dirname(base)))
    configuration = _read_configuration(prefix)
    executable = os.path.join(prefix, "bin", "python")
    # uv says `version_info`, the standard library `version`.
    full = ".".join((configuration.get("version_info") or configuration.get("version") or "").split(".")[:3])
    version = ".".join(full.split(".")[:2])
    site = os.path.join(prefix, "lib", "python" + version, "site-packages")
    if not version or not os.path.isdir(site) or not os.access(executable, os.X_OK):
        return None
    home = configuration.get("home", "")
    return {
        "executable": executable,
        "prefix": prefix,
        "base_prefix": os.path.dirname(home),
        "real": os.path.realpath(executable),
        "version": version,
        "full": full,
        "implementation": "cpython",
        "site": [site, os.path.join(prefix, "lib64", "python" + version, "site-packages")],
    }


def _ask_base(base: str) -> Dict[str, Any]:
    executable = os.path.join(base, "bin", "python") if os.path.isdir(base) else base
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env.pop("__PYVENV_LAUNCHER__", None)
    try:
        done = subprocess.run(
            [executable, "-I", "-c", _ASK], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        return json.loads(done.stdout.decode("utf-8").strip().splitlines()[-1])
    except (OSError, ValueError, IndexError) as error:
        raise ValueError("%s is not a Python that starts: %s" % (executable, error))


def _link_interpreter(facts: Dict[str, Any], bin_folder: str) -> str:
    python = os.path.join(bin_folder, "python")
    os.symlink(_home_executable(facts), python)
    for name in ("python3", "python" + facts["version"]):
        os.symlink("python", os.path.join(bin_folder, name))
    return python


def _home_executable(facts: Dict[str, Any]) -> str:
    """The interpreter outside any virtual environment: what `home` in pyvenv.cfg is the folder of."""
    if facts["prefix"] == facts["base_prefix"]:
        return facts["executable"]
    home = _read_configuration(facts["prefix"]).get("home", "")
    for name in ("python" + facts["version"], "python3", "python"):
        candidate = os.path.join(home, name)
        if home and os.path.exists(candidate):
            return candidate
    return facts["real"]


def _configuration(facts: Dict[str, Any], virtual: bool) -> str:
    system = True
    if virtual:
        system = _read_configuration(facts["prefix"]).get("include-system-site-packages", "false").lower() == "true"
    return "home = %s\ninclude-system-site-packages = %s\nversion = %s\n" % (
        os.path.dirname(_home_executable(facts)),
        "true" if system else "false",
        facts["full"],
    )


def _read_configuration(prefix: str) -> Dict[str, str]:
    try:
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8") as file:
            pairs = (line.partition("=") for line in file)
            return {name.strip().lower(): value.strip() for name, _equals, value in pairs}
    except OSError:
        return {}


def _chain_line(facts: Dict[str, Any]) -> str:
    """`addsitedir` and not the bare path: the base's own .pth files (editable installs…) are read as well."""
    folders = dict.fromkeys(os.path.realpath(folder) for folder in facts["site"])
    return "".join("import site; site.addsitedir(%r)\n" % folder for folder in folders if os.path.isdir(folder))


def _repoint_scripts(facts: Dict[str, Any], bin_folder: str, python: str, virtual: bool) -> None:
    """Console scripts of the base start the overlay's interpreter; its other programs are linked."""
    for name, source in _base_programs(facts, virtual):
        target = os.path.join(bin_folder, name)
        if name.startswith(("python", "pypy", "activate", "Activate")) or os.path.lexists(target):
            continue
        text = _repointed(source, facts, python)
        if text is not None:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755)
            with open(handle, "wb") as file:
                file.write(text)
        elif virtual:
            os.symlink(source, target)


def _base_programs(facts: Dict[str, Any], virtual: bool) -> Iterator[Tuple[str, str]]:
    folders = [os.path.dirname(facts["executable"])]
    if not virtual and folders == ["/usr/bin"]:
        # Debian keeps what pip installs apart from what its packages bring.
        folders.insert(0, "/usr/local/bin")
    for folder in folders:
        for entry in _entries(folder):
            if _is_file(entry) and os.access(entry.path, os.X_OK):
                yield entry.name, entry.path


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _repointed(source: str, facts: Dict[str, Any], python: str) -> Optional[bytes]:
    """The script with our interpreter in place of the base's; None when it is no script of the base."""
    try:
        with open(source, "rb") as file:
            head = file.read(256)
            if not head.startswith(b"#!"):
                return None
            head += file.read(_LARGEST_SCRIPT)
            if file.read(1):
                return None
    except OSError:
        return None
    first, _newline, rest = head.partition(b"\n")
    interpreter, _space, arguments = first[2:].strip().partition(b" ")
    if _is_base_python(os.fsdecode(interpreter), facts):
        return _start_of_script(python, os.fsdecode(arguments)) + rest
    # The form for long paths: `#!/bin/sh`, then `'''exec' /base/bin/python "$0" "$@"`, then `' '''`.
    second, _newline, body = rest.partition(b"\n")
    third, _newline, body = body.partition(b"\n")
    if second.startswith(b"'''exec' ") and third.strip() == b"' '''":
        words = os.fsdecode(second)[len("'''exec' ") :]
        old = words.split('"')[1] if words.startswith('"') else words.split(" ")[0]
        relative = "dirname" in words
        if relative or _is_base_python(old, facts):
            return _start_of_script(python, "") + body
    return _with_path_replaced(head, facts, python)


def _with_path_replaced(text: bytes, facts: Dict[str, Any], python: str) -> Optional[bytes]:
    """Shell scripts that name the base's interpreter in their text."""
    base = os.fsencode(os.path.join(os.path.dirname(facts["executable"]), "python"))
    if facts["prefix"] == facts["base_prefix"] or base not in text:
        return None
    return text.replace(base, os.fsencode(python))


def _is_base_python(interpreter: str, facts: Dict[str, Any]) -> bool:
    if not os.path.basename(interpreter).startswith(("python", "pypy")):
        return False
    if os.path.dirname(interpreter) in (os.path.dirname(facts["executable"]), os.path.join(facts["prefix"], "bin")):
        return True
    # `#!/usr/bin/python3` of a base that is /usr/bin/python3.11, and paths through links.
    return os.path.realpath(interpreter) == os.path.realpath(facts["executable"]) and facts["prefix"] == facts["base_prefix"]


def _start_of_script(python: str, arguments: str) -> bytes:
    line = "#!" + python + (" " + arguments if arguments else "")
    if len(os.fsencode(line)) <= _LONGEST_SHEBANG and " " not in python:
        return os.fsencode(line + "\n")
    return os.fsencode("#!/bin/sh\n'''exec' %s \"$0\" \"$@\"\n' '''\n" % _double_quoted(python))


def _link_data(prefix: str, path: str, virtual: bool) -> None:
    """Data files (share, etc, include…) are reachable under the overlay's prefix. Folders are real and files are links, so
    that an install writes beside the base's files and never into them."""
    if not virtual:
        # The whole of /usr is no data of ours; Jupyter's is what programs look for under the prefix.
        for part in ("share/jupyter", "etc/jupyter"):
            _link_tree(os.path.join(prefix, part), os.path.join(path, part))
        return
    for entry in _entries(prefix):
        if entry.name in _TOP_LEFT_OUT or entry.name.startswith("."):
            continue
        if entry.is_dir():
            _link_tree(entry.path, os.path.join(path, entry.name))
    # Shared libraries that wheels put beside the interpreter's folder.
    for entry in _entries(os.path.join(prefix, "lib")):
        if _is_file(entry):
            os.symlink(entry.path, os.path.join(path, "lib", entry.name))


def _link_tree(source: str, target: str) -> None:
    entries = _entries(source)
    if not entries:
        return
    os.makedirs(target, exist_ok=True)
    for entry in entries:
        place = os.path.join(target, entry.name)
        if entry.is_dir(follow_symlinks=False):
            _link_tree(entry.path, place)
        else:
            os.symlink(entry.path, place)


def _entries(folder: str) -> List["os.DirEntry[str]"]:
    try:
        return list(os.scandir(folder))
    except OSError:
        return []


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _shell_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _double_quoted(text: str) -> str:
    for character in '\\"$`':
        text = text.replace(character, "\\" + character)
    return '"' + text + '"'


if __name__ == "__main__":
    print(create(sys.argv[1], sys.argv[2]))
