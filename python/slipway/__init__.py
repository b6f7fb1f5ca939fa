"""Slipway's target-side package: what runs beside the user's program on a machine."""
