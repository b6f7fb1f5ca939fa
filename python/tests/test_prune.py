"""uv's package cache: what nothing needs is pruned, and a cache that the user named is left alone."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from slipway.environments import uv_tool


@unittest.skipUnless(uv_tool.find_uv("/"), "needs uv on PATH")
class Prune(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="slipway-prune-")
        self.addCleanup(shutil.rmtree, self.root, True)
        self.named = os.environ.pop("UV_CACHE_DIR", None)
        # A bucket of an older uv: no uv of today reads it.
        self.stale = os.path.join(self.root, "cache", "uv", "wheels-v0", "pypi", "old.whl")
        os.makedirs(os.path.dirname(self.stale))
        with open(self.stale, "wb") as file:
            file.write(os.urandom(1000000))

    def tearDown(self):
        os.environ.pop("UV_CACHE_DIR", None)
        if self.named is not None:
            os.environ["UV_CACHE_DIR"] = self.named

    def test_says_the_bytes_that_it_freed(self):
        self.assertGreaterEqual(uv_tool.prune_cache(self.root), 1000000)
        self.assertFalse(os.path.exists(self.stale))
        self.assertEqual(uv_tool.prune_cache(self.root), 0)

    def test_leaves_a_cache_that_the_user_named(self):
        os.environ["UV_CACHE_DIR"] = os.path.join(self.root, "cache", "uv")
        self.assertEqual(uv_tool.prune_cache(self.root), 0)
        self.assertTrue(os.path.exists(self.stale))


if __name__ == "__main__":
    unittest.main()
