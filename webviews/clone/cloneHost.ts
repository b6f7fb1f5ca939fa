import type { ClonePanelEvent, ClonePanelRequest } from "#contract/panels/clone.ts";
import type { Host } from "../shared/host/host.ts";

/** The form's way to the extension. */
export type CloneHost = Host<ClonePanelRequest, ClonePanelEvent>;
