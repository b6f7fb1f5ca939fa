import { stat } from "node:fs/promises";
import type { EngineRecord } from "#contract/engineRecord.ts";
import type { Store } from "../../store/store.ts";
import type { Tokens } from "../../access/tokens.ts";
import type { Workspaces } from "../../workspaces/workspaces.ts";
import type { Handlers } from "../handlers.ts";

/** What the engine says of itself, and its end. */
export function engineHandlers(services: {
  record: () => EngineRecord;
  home: string;
  storePath: string;
  store: Store;
  workspaces: Workspaces;
  tokens: Tokens;
  /** Ends this engine, after the reply was sent. */
  stop: (reason: string) => void;
}): Pick<Handlers, "engineStatus" | "engineStop" | "examineStore" | "trackingAccess"> {
  const { record, home, storePath, store, workspaces, tokens } = services;
  return {
    async engineStatus() {
      const [condition, jobs, size, known] = await Promise.all([
        store.examine(),
        store.read("unfinishedJobs", {}),
        stat(storePath),
        workspaces.list(),
      ]);
      const queued = jobs.filter((job) => job.status === "Queued" || job.status === "NotStarted").length;
      const { start: _start, ...engine } = record();
      const workspace = known.find((candidate) => candidate.is_default) ?? known[0];
      return {
        ...engine,
        home,
        mlflow_tracking_uri: workspace?.mlflow_tracking_uri ?? "",
        workspace: workspace?.name ?? "",
        running: jobs.length - queued,
        queued,
        memory_bytes: process.memoryUsage.rss(),
        store: { path: storePath, bytes: size.size, state: condition.state, detail: condition.detail },
      };
    },

    engineStop: ({ body }) => {
      services.stop(body.reason || "asked by a client");
      return Promise.resolve({ pid: process.pid });
    },

    examineStore: () => store.read("storeFacts", {}),

    async trackingAccess({ params, query, actor }) {
      const { mlflow_tracking_uri: uri } = await workspaces.show(params.workspace);
      return { uri, token: await tokens.user(params.workspace, actor.name, { rotate: query.rotate }) };
    },
  };
}
