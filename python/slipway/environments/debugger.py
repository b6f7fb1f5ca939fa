"""debugpy for the programs of a job: installed once for each Python version, beside the environments and never into one."""

import os
import shutil
import tempfile

from slipway.environments.failure import Failure
from slipway.environments.locks import held
from slipway.environments.pip_config import read_pip_options, uv_environment
from slipway.environments.process import run
from slipway.environments.uv_tool import provide_uv

#: Newest first: (oldest Python, version of debugpy).
_VERSIONS = (((3, 10), "1.8.22"), ((3, 8), "1.8.16"))
_NEXT = "Let pip reach an index that has debugpy (PIP_INDEX_URL, PIP_FIND_LINKS), or run the job without debugging."
_ASK = "import sys, sysconfig; print('%d.%d' % sys.version_info[:2], sys.implementation.cache_tag, sysconfig.get_platform())"


def ensure_debugger(root, request, log):
    """The folder that holds debugpy for the environment `request["base"]` (a folder or an interpreter)."""
    base = request["base"]
    python = os.path.join(base, "bin", "python") if os.path.isdir(base) else base
    code, words = run([python, "-I", "-S", "-c", _ASK])
    if code != 0:
        raise Failure("install", "%s does not start" % python, words)
    version, tag, platform = words.split()[-3:]
    wanted = _version_for(version)
    tools = os.path.join(root, "tools")
    folder = os.path.join(tools, "debugpy-%s-%s-%s" % (wanted, tag, platform))
    if os.path.isdir(folder):
        return {"folder": folder}
    os.makedirs(tools, exist_ok=True)
    with held(folder + ".lock"):
        if not os.path.isdir(folder):
            log.line("Installing debugpy %s for Python %s" % (wanted, version))
            _install(root, tools, folder, "debugpy==" + wanted, python, request, log)
    return {"folder": folder}


def _version_for(python_version):
    have = tuple(int(part) for part in python_version.split("."))
    for oldest, version in _VERSIONS:
        if have >= oldest:
            return version
    raise Failure(
        "install",
        "Programs of Python %s cannot be debugged" % python_version,
        next_step="Use Python 3.8 or newer, or run the job without debugging.",
    )


def _install(root, tools, folder, requirement, python, request, log):
    uv, _version = provide_uv(root, [python] + request.get("pythons", []), dict(os.environ), log)
    env, flags = uv_environment(read_pip_options(python, dict(os.environ)), os.environ)
    env.setdefault("UV_CACHE_DIR", os.path.join(root, "cache", "uv"))
    temporary = tempfile.mkdtemp(prefix="debugpy.", dir=tools)
    try:
        install = [uv, "pip", "install", "--python", python, "--target", temporary, "--no-deps", "--compile-bytecode"]
        code, words = run(install + flags + [requirement], env=env, cwd=tools, log=log)
        if code != 0:
            kind = "disk" if "No space left on device" in words else "install"
            raise Failure(kind, "The debugger (%s) could not be installed" % requirement, words, _NEXT)
        os.chmod(temporary, 0o755)
        os.rename(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
