"""Files between an engine and a target, as one stream each way; started by the transport, never installed."""
