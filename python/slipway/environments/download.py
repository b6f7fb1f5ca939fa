"""Python itself, by uv, where its download can be reached."""

import os
import re
import time

from slipway.environments.failure import Failure
from slipway.environments.pip_config import read_pip_options, uv_environment
from slipway.environments.process import run
from slipway.environments.uv_tool import provide_uv

#: Longest wait for a download, in seconds. A machine without a way out must not hold up a job.
LIMIT = 120
#: After a failed download, no other try for so long, in seconds.
RETRY_AFTER = 3600


def download_python(root, version, pythons, log):
    """Whether Python `version` (`3.8`, `3.8.5`) is now among the tools of this root."""
    if not re.match(r"3\.\d{1,2}(\.\d{1,3})?$", version):
        raise Failure("invalid", "Not a Python version: %r" % version)
    os.makedirs(os.path.join(root, "tools"), exist_ok=True)
    try:
        uv, _version = provide_uv(root, pythons, dict(os.environ), log)
    except Failure:
        return {"downloaded": False, "words": "uv is not available"}
    env, _flags = uv_environment(read_pip_options(pythons[0], dict(os.environ)) if pythons else {}, os.environ)
    env.update(UV_HTTP_TIMEOUT="10", UV_HTTP_RETRIES="0", UV_PYTHON_DOWNLOADS="manual")
    env["UV_PYTHON_INSTALL_DIR"] = os.path.join(root, "tools", "python")
    env.setdefault("UV_CACHE_DIR", os.path.join(root, "cache", "uv"))
    # A machine without a way out is asked once in a while, not before every job.
    refused = os.path.join(root, "tools", "python-%s.unreachable" % version)
    if _younger(refused, RETRY_AFTER):
        return {"downloaded": False, "words": "not reachable a short time ago"}
    code, words = run([uv, "python", "install", "--no-bin", version], env=env, cwd=root, log=log, timeout=LIMIT)
    if code != 0:
        with open(refused, "w") as file:
            file.write(words)
    return {"downloaded": code == 0, "words": words[-2000:]}


def _younger(path, seconds):
    try:
        return time.time() - os.stat(path).st_mtime < seconds
    except FileNotFoundError:
        return False
