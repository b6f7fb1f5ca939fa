import type { JobPanelEvent, JobPanelRequest } from "#contract/panels/job.ts";
import type { Host } from "../shared/host/host.ts";

/** The job page's way to the extension. */
export type JobHost = Host<JobPanelRequest, JobPanelEvent>;
