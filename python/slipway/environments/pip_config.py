"""uv does not read pip's configuration: what the user told pip is told to uv, by variables and never by arguments."""

import ast
import os
import subprocess

#: pip's option -> (uv's variable, separator between several values)
_VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", None),
    "extra-index-url": ("UV_EXTRA_INDEX_URL", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "constraint": ("UV_CONSTRAINT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", None),
    "default-timeout": ("UV_HTTP_TIMEOUT", None),
    "retries": ("UV_HTTP_RETRIES", None),
    "cert": ("SSL_CERT_FILE", None),
    "client-cert": ("SSL_CLIENT_CERT", None),
    "proxy": ("ALL_PROXY", None),
}
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "all_proxy")


def read_pip_options(python, environ):
    """pip's options as `name -> text`, weakest source first: files, then the section of `install`, then PIP_*."""
    options = {}
    try:
        done = subprocess.run(
            [python, "-m", "pip", "config", "list"],
            env=dict(environ, PIP_DISABLE_PIP_VERSION_CHECK="1"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        lines = done.stdout.decode("utf-8", "replace").splitlines()
    except (OSError, subprocess.SubprocessError):
        lines = []
    for section in ("global.", "install."):
        for line in lines:
            name, equals, value = line.partition("=")
            if equals and name.startswith(section):
                options[name[len(section) :].replace("_", "-")] = _text(value)
    for name, value in environ.items():
        if name.startswith("PIP_") and value:
            options[name[4:].lower().replace("_", "-")] = value
    return options


def uv_environment(options, environ):
    """The whole environment for uv, and the flags that have no variable. The user's own UV_* variables win."""
    env = dict(environ)
    added = {}
    for option, (variable, separator) in _VARIABLES.items():
        value = options.get(option, "").strip()
        if value and variable not in added:
            added[variable] = separator.join(value.split()) if separator else value
    if _truth(options.get("pre")):
        added["UV_PRERELEASE"] = "allow"
    if options.get("keyring-provider") in ("subprocess", "import"):
        added["UV_KEYRING_PROVIDER"] = "subprocess"
    if added.get("UV_EXTRA_INDEX_URL"):
        # pip looks at all indexes together; uv stops at the first that knows the name.
        added["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if "ALL_PROXY" in added and any(environ.get(name) for name in _PROXIES):
        del added["ALL_PROXY"]
    if "UV_DEFAULT_INDEX" in added and environ.get("UV_INDEX_URL"):
        del added["UV_DEFAULT_INDEX"]
    for variable, value in added.items():
        env.setdefault(variable, value)
    flags = []
    if _truth(options.get("no-index")):
        flags.append("--no-index")
    for option in ("only-binary", "no-binary"):
        for name in options.get(option, "").replace(",", " ").split():
            flags += ["--" + option, name]
    # What belongs to the caller's own environment must not steer a build.
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT", "UV_SYSTEM_PYTHON"):
        env.pop(variable, None)
    env["UV_PYTHON_DOWNLOADS"] = "never"
    env["UV_NO_PROGRESS"] = "1"
    env["NO_COLOR"] = "1"
    env.pop("FORCE_COLOR", None)
    return env, flags


def _text(literal):
    try:
        return str(ast.literal_eval(literal))
    except (ValueError, SyntaxError):
        return literal.strip()


def _truth(value):
    return (value or "").strip().lower() in ("1", "true", "yes", "on")
