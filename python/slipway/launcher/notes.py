"""Words for whoever looks into launcher.log. Writing them may fail (full disk) and must then change nothing."""

from __future__ import annotations

import os
import time
import traceback


def failure(doing: str) -> None:
    """Notes the exception that is being handled."""
    try:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        os.write(2, ("%s %s\n%s" % (stamp, doing, traceback.format_exc())).encode("utf-8", "replace"))
    except OSError:
        pass
