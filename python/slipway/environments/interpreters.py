"""Which Pythons this machine has. Each candidate is asked itself; a broken shim only drops out."""

import glob
import json
import os
import platform
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

#: The oldest Python that a job's environment may have.
OLDEST = (3, 6)

_ASK = (
    "import json,platform,sys,sysconfig\n"
    "print(json.dumps({'path':sys.executable,'version':platform.python_version(),"
    "'implementation':platform.python_implementation(),'prefix':sys.prefix,"
    "'platform':sysconfig.get_platform(),'virtual':sys.prefix!=sys.base_prefix}))"
)
#: Programs that conda can bring and we cannot: conda's name -> the program that shows it is there already.
_PROGRAMS = {
    "curl": "curl",
    "ffmpeg": "ffmpeg",
    "gcc": "gcc",
    "git": "git",
    "git-lfs": "git-lfs",
    "graphviz": "dot",
    "gxx": "g++",
    "make": "make",
    "mpich": "mpirun",
    "nodejs": "node",
    "openjdk": "java",
    "openmpi": "mpirun",
    "r-base": "R",
    "wget": "wget",
}
_NAME = re.compile(r"python(3(\.\d+)?)?$")


def find_interpreters(root, setting=None):
    """The Pythons found, best source first: setting, PATH, pyenv, conda, uv's own, the usual folders."""
    home = os.path.expanduser("~")
    pyenv = os.environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
    candidates = []

    def add(source, paths):
        candidates.extend((source, path) for path in paths)

    if setting:
        asked = os.path.expanduser(setting)
        # A bare name is the program of that name on PATH.
        add("setting", [shutil.which(asked) or asked])
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder == os.path.join(pyenv, "shims"):
            # A shim costs a shell each time it is asked; it stands for the versions that pyenv has chosen.
            add("PATH", [os.path.join(pyenv, "versions", name, "bin", "python") for name in _pyenv_chosen(pyenv)])
        elif folder:
            add("PATH", _pythons(folder))
    for version in _pyenv_order(pyenv):
        add("pyenv", [os.path.join(pyenv, "versions", version, "bin", "python")])
    for prefix in _conda_prefixes(home):
        add("conda", [os.path.join(prefix, "bin", "python")])
    own = os.path.join(root, "tools", "python")
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    for folder in (own, os.environ.get("UV_PYTHON_INSTALL_DIR"), os.path.join(data, "uv", "python")):
        if folder:
            add("uv", sorted(glob.glob(os.path.join(glob.escape(folder), "*", "bin", "python"))))
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        add("system", _pythons(folder))
    return _ask_all(candidates)


def machine_facts(root, setting=None):
    libc, libc_version = platform.libc_ver()
    return {
        "os": platform.system().lower(),
        "arch": platform.machine(),
        "libc": libc,
        "libc_version": libc_version,
        "programs": sorted(name for name, program in _PROGRAMS.items() if shutil.which(program)),
        "interpreters": find_interpreters(root, setting),
    }


def describe(path):
    """What one interpreter says of itself, or None."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", _ASK], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20
        )
        found = json.loads(done.stdout.decode().strip().splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None
    version = tuple(int(part) for part in re.findall(r"\d+", found["version"])[:2])
    return found if version >= OLDEST and found["path"] else None


def _ask_all(candidates):
    unique = {}
    for source, path in candidates:
        if os.access(path, os.X_OK):
            # A virtual environment's link leads to its base, yet it is another interpreter: its folder tells them apart.
            unique.setdefault(os.path.realpath(path) + "\0" + _environment_of(path), (source, path))
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda item: describe(item[1]), unique.values()))
    found, seen = [], set()
    for (source, _path), answer in zip(unique.values(), answers):
        if answer and answer["path"] not in seen:
            seen.add(answer["path"])
            found.append(dict(answer, source=source))
    return found


def _environment_of(path):
    folder = os.path.dirname(os.path.dirname(path))
    return folder if os.path.exists(os.path.join(folder, "pyvenv.cfg")) else ""


def _pythons(folder):
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    # `python3` first: it is what the machine's owner chose as the default.
    names = sorted((name for name in names if _NAME.match(name)), key=lambda name: (name != "python3", name != "python", name))
    return [os.path.join(folder, name) for name in names]


def _pyenv_order(root):
    """pyenv's versions, the chosen ones first."""
    try:
        installed = sorted(os.listdir(os.path.join(root, "versions")))
    except OSError:
        return []
    chosen = _pyenv_chosen(root)
    return chosen + [name for name in installed if name not in chosen]


def _pyenv_chosen(root):
    """The versions that pyenv's `version` file names and that are installed."""
    try:
        with open(os.path.join(root, "version")) as file:
            names = file.read().split()
    except OSError:
        return []
    return [name for name in names if os.path.isdir(os.path.join(root, "versions", name))]


def _conda_prefixes(home):
    prefixes = []
    executable = os.environ.get("CONDA_EXE")
    if executable:
        prefixes.append(os.path.dirname(os.path.dirname(executable)))
    for name in ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"):
        prefixes += [os.path.join(home, name), os.path.join("/opt", name)]
    prefixes.append("/opt/conda")
    try:
        with open(os.path.join(home, ".conda", "environments.txt")) as file:
            prefixes += [line.strip() for line in file if line.strip()]
    except OSError:
        pass
    for prefix in list(prefixes):
        prefixes += sorted(glob.glob(os.path.join(glob.escape(prefix), "envs", "*")))
    return prefixes
