"""Python itself, by uv, where its download can be reached."""

import os

from slipway.environments.failure import Failure
from slipway.environments.pip_config import read_pip_options, uv_environment
from slipway.environments.process import run
from slipway.environments.uv_tool import provide_uv

#: Longest wait for a download, in seconds. A machine without a way out must not hold up a job.
LIMIT = 120


def download_python(root, version, pythons, log):
    """Whether Python `version` (`3.8`, `3.8.5`) is now among the tools of this root."""
    try:
        uv, _version = provide_uv(root, pythons, dict(os.environ), log)
    except Failure:
        return {"downloaded": False, "words": "uv is not available"}
    env, _flags = uv_environment(read_pip_options(pythons[0], dict(os.environ)) if pythons else {}, os.environ)
    env.update(UV_HTTP_TIMEOUT="10", UV_HTTP_RETRIES="0", UV_PYTHON_DOWNLOADS="manual")
    env["UV_PYTHON_INSTALL_DIR"] = os.path.join(root, "tools", "python")
    env.setdefault("UV_CACHE_DIR", os.path.join(root, "cache", "uv"))
    code, words = run([uv, "python", "install", "--no-bin", version], env=env, cwd=root, log=log, timeout=LIMIT)
    return {"downloaded": code == 0, "words": words[-2000:]}
