"""Tests of the target side. They run as a package or as plain files: both ways find `lab` and `slipway`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
