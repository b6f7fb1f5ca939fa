"""Making an environment: one builder, the others wait; what is half made is never used."""

import contextlib
import errno
import os
import shutil
import tempfile
import time

from slipway.environments.failure import Failure
from slipway.environments.locks import held, holder
from slipway.environments.pip_config import read_pip_options, uv_environment
from slipway.environments.process import Log, _LIBC, check_cancelled, run
from slipway.environments.resolve import locked_versions, resolve
from slipway.environments.store import Place, read_json, size_of, write_json
from slipway.environments.torch_build import torch_changes, torch_flags
from slipway.environments.uv_tool import provide_uv


def ensure(root, request):
    """The environment `request["key"]`, built if it is not there. Returns its manifest and whether it was there."""
    place = Place(root, request["key"])
    started = time.time()
    os.makedirs(place.folder, exist_ok=True)
    follower = _Follower(place)
    with held(place.lock, waiting=follower.look):
        if follower.waited:
            follower.drain()
        manifest = _ready(place)
        if manifest:
            return {"manifest": manifest, "cached": not follower.waited}
        failed = read_json(place.failed)
        if follower.waited and failed and failed["at"] >= started:
            raise Failure(**failed["failure"])
        with _built_under(place) as log:
            manifest = _build(root, place, request, log, started)
    return {"manifest": manifest, "cached": False}


def resolve_only(root, request):
    """The lock that a build would use, without building. It is kept, so that the build uses this very one."""
    place = Place(root, request["key"])
    os.makedirs(place.folder, exist_ok=True)
    with held(place.lock):
        log = Log()
        uv, env, flags = _tools(root, request, log)
        return _resolved(place, request, uv, env, flags, log)


def _ready(place):
    """The manifest of a whole environment whose interpreter still starts."""
    manifest = read_json(place.marker)
    if not manifest or not os.path.exists(place.python):
        return None
    code, _words = run([place.python, "-I", "-S", "-c", ""])
    return manifest if code == 0 else None


class _Follower:
    """A waiter shows the log of the builder that it waits for."""

    def __init__(self, place):
        self._place = place
        self._offset = 0
        self._log = Log()
        self.waited = False

    def look(self):
        if not self.waited:
            self.waited = True
            self._log.line("Another process (pid %s) builds this environment; following it" % holder(self._place.lock))
        self.drain()

    def drain(self):
        try:
            with open(self._place.log, "rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return
        self._offset += len(data)
        self._log.pass_on(data)


@contextlib.contextmanager
def _built_under(place):
    """Cleans up behind a build that fails, and leaves word of it to those who waited."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(place.failed)
    log = Log(place.log)
    try:
        yield log
    except BaseException as error:
        shutil.rmtree(place.path, ignore_errors=True)
        failure = _as_failure(error, place)
        log.line("Failed: %s" % failure.message)
        if failure.kind != "cancelled":
            with contextlib.suppress(OSError):
                write_json(place.failed, {"at": time.time(), "failure": _arguments(failure)})
        if failure is error:
            raise
        raise failure from error
    finally:
        log.close()


def _arguments(failure):
    return {"kind": failure.kind, "message": failure.message, "words": failure.words, "next_step": failure.next_step}


def _as_failure(error, place):
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("disk", "No space is left in %s" % place.folder, str(error))
    return Failure("install", "The environment could not be built: %s" % error, repr(error))


def _tools(root, request, log):
    uv, _version = provide_uv(root, [request["python"]] + request.get("pythons", []), dict(os.environ), log)
    env, flags = uv_environment(read_pip_options(request["python"], dict(os.environ)), os.environ)
    env.update(request.get("variables", {}))
    env.setdefault("UV_CACHE_DIR", os.path.join(root, "cache", "uv"))
    return uv, env, flags


def _resolved(place, request, uv, env, flags, log):
    given = request.get("lock")
    if given is not None:
        return {"lock": given, "changes": [], "flags": torch_flags(request, env)}
    known = read_json(place.resolved)
    if known:
        return known
    log.line("Resolving %d requirements for Python %s" % (len(request["requirements"]), request["python_version"]))
    torch = torch_flags(request, env)
    lock, changes = resolve(request, uv, request["python"], env, flags + torch, place.folder, log)
    resolved = {"lock": lock, "changes": changes + torch_changes(torch, lock), "flags": torch}
    write_json(place.resolved, resolved)
    return resolved


def _build(root, place, request, log, started):
    shutil.rmtree(place.path, ignore_errors=True)
    uv, env, flags = _tools(root, request, log)
    resolved = _resolved(place, request, uv, env, flags, log)
    for change in resolved["changes"]:
        log.line("%s: wanted %s, used %s (%s)" % (change["rule"], change["wanted"], change["used"], change["why"]))
    _must(place, log, env, [uv, "venv", "--quiet", "--python", request["python"], "--no-project", place.path])
    _install(place, request, uv, env, flags + resolved["flags"], resolved["lock"], log)
    _flush(place.path)
    manifest = {
        "key": request["key"],
        "label": request.get("label", ""),
        "python": place.python,
        "python_version": request["python_version"],
        "lock": resolved["lock"],
        "changes": resolved["changes"],
        "created": time.time(),
        "seconds": round(time.time() - started, 3),
        "bytes": size_of(place.path),
    }
    check_cancelled()
    write_json(place.marker, manifest)
    log.line("Environment ready in %.1f s" % manifest["seconds"])
    return manifest


def _install(place, request, uv, env, flags, lock, log):
    with open(os.path.join(place.path, "requirements.lock"), "w", encoding="utf-8") as file:
        file.write(lock)
    # What uv reads names the indexes too, perhaps with credentials: ours alone, and gone right after.
    handle, source = tempfile.mkstemp(prefix=".install.", suffix=".txt", dir=place.folder)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in request.get("options", ())) + lock)
        # Byte code now: jobs do not write into the environment, and the first one imports as fast as the others.
        log.line("Installing %d packages" % len(locked_versions(lock)))
        sync = [uv, "pip", "sync", "--python", place.python, "--compile-bytecode"]
        _must(place, log, env, sync + flags + [source])
    finally:
        os.unlink(source)


def _must(place, log, env, argv):
    code, words = run(argv, env=env, cwd=place.folder, log=log)
    if code == 0:
        return
    if "No space left on device" in words:
        raise Failure("disk", "No space is left in %s" % place.folder, words)
    raise Failure("install", "uv could not install the packages (exit code %d)" % code, words)


def _flush(path):
    """The packages are on the disk before the marker says so; one file system only, so that others do not wait."""
    handle = os.open(path, os.O_RDONLY)
    try:
        if _LIBC is not None and hasattr(_LIBC, "syncfs"):
            _LIBC.syncfs(handle)
        else:
            os.sync()
    finally:
        os.close(handle)
