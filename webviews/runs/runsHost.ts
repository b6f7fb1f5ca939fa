import type { RunsPanelEvent, RunsPanelRequest } from "#contract/panels/runs.ts";
import type { Host } from "../shared/host/host.ts";

/** The runs page's way to the extension. */
export type RunsHost = Host<RunsPanelRequest, RunsPanelEvent>;
