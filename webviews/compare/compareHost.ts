import type { ComparePanelEvent, ComparePanelRequest } from "#contract/panels/compare.ts";
import type { Host } from "../shared/host/host.ts";

/** The compare page's way to the extension. */
export type CompareHost = Host<ComparePanelRequest, ComparePanelEvent>;
