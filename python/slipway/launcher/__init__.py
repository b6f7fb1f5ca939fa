"""Starts one job attempt on a machine, keeps its truth in files, and copies those files to an engine that asks.

Standard library only, Python 3.8 or newer, shipped as one file (`tools/build/launcher.ts`).
"""

VERSION = 1
