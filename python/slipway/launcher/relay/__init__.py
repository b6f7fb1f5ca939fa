"""The relay: the job's own door to tracking, open whether or not an engine is there."""
