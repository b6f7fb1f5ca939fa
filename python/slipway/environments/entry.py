"""The engine's door to this machine's environments: a request on standard input, the log on standard error, the
answer as the last line of standard output. Nothing that may be secret is an argument."""

import errno
import json
import os
import sys

from slipway.environments import build, interpreters, store, uv_tool
from slipway.environments.failure import Failure
from slipway.environments.process import Log, cancel_on_request


def main(request):
    cancel_on_request()
    root = os.path.abspath(os.path.expanduser(request["root"]))
    try:
        answer = {"result": _VERBS[request["verb"]](root, request)}
    except Failure as failure:
        answer = {"failure": failure.to_dict()}
    except OSError as error:
        kind = "disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "install"
        answer = {"failure": Failure(kind, "%s: %s" % (error.filename or root, error.strerror)).to_dict()}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    # The watcher of standard input still reads: leave without waiting for it.
    os._exit(0)


def _remove(root, request):
    store.sweep_trash(root)
    freed = {}
    for key in request["keys"]:
        freed[key] = store.remove_environment(root, key, request.get("unused_since"))
    return {"freed": freed}


def _prune(root, request):
    return {"freed": uv_tool.prune_cache(root)}


def _download_python(root, request):
    from slipway.environments.download import download_python

    return download_python(root, request["version"], request.get("pythons", []), Log())


def _debugger(root, request):
    from slipway.environments.debugger import ensure_debugger

    return ensure_debugger(root, request, Log())


def _attach(root, request):
    from slipway.environments.attach import attach

    return attach(root, request, Log())


_VERBS = {
    "facts": lambda root, request: interpreters.machine_facts(root, request.get("setting")),
    "describe": lambda root, request: interpreters.describe(request["python"]),
    "ensure": build.ensure,
    "resolve": build.resolve_only,
    "list": lambda root, request: {"environments": store.list_environments(root)},
    "remove": _remove,
    "prune": _prune,
    "download": _download_python,
    "debugger": _debugger,
    "attach": _attach,
}
