import { slipwayError } from "#contract/errors.ts";
import type { jobRoutes } from "#contract/routes/jobs.ts";
import type { CodeService } from "../../core/ports/code.ts";
import type { TrackingService } from "../../core/ports/tracking.ts";
import type { JobFiles } from "../../jobs/jobFiles.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { LogStore } from "../../logs/logStore.ts";
import type { ByteReply, Handlers } from "../handlers.ts";

const text = "text/plain; charset=utf-8";

/** Jobs, their runs, logs and files. Thin: each row of the table is one call of a service. */
export function jobHandlers(services: {
  jobs: Jobs;
  logs: LogStore;
  files: JobFiles;
  tracking: TrackingService;
  code: CodeService;
}): Pick<Handlers, keyof typeof jobRoutes> {
  const { jobs, logs, files, tracking, code } = services;
  const logOf = ({ workspace, name }: { workspace: string; name: string }) => ({ workspace, job: name });

  return {
    preflightJob: ({ params, body }) => jobs.preflight(params.workspace, body),
    submitJob: ({ params, body, actor }) => jobs.submit(params.workspace, body, actor.name),
    listJobs: ({ params, query, actor }) =>
      jobs.list(
        {
          workspace: params.workspace,
          archived: query.archived,
          statuses: query.status && query.status.length > 0 ? JSON.stringify(query.status) : null,
          experiment: query.experiment_name ?? null,
          parent: query.parent_job_name ?? null,
          owner: query.created_by === "me" ? actor.name : (query.created_by ?? null),
          text: query.text ?? null,
        },
        { limit: query.max_results, token: query.page_token },
      ),
    showJob: ({ params }) => jobs.show(params.workspace, params.name),
    updateJob: ({ params, body, actor }) =>
      jobs.update(
        params.workspace,
        params.name,
        {
          ...(body.display_name === undefined ? {} : { displayName: body.display_name }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.tags === undefined ? {} : { tags: body.tags }),
          ...(body.archived === undefined ? {} : { archived: body.archived }),
        },
        actor.name,
      ),
    cancelJob: ({ params, actor }) => jobs.cancel(params.workspace, params.name, actor.name),

    runData: async ({ params }) => {
      await jobs.mustHave(params.workspace, params.name);
      return tracking.runData(params.workspace, params.name);
    },
    metricHistory: async ({ params, query }) => {
      await jobs.mustHave(params.workspace, params.name);
      return tracking.metricHistory(params.workspace, params.name, { keys: query.key ?? [], points: query.points });
    },

    readLog: async ({ params, query, signal }) => {
      await jobs.mustHave(params.workspace, params.name);
      const body = await logs.read(logOf(params), query.path, { ...query, signal });
      return { body, contentType: text };
    },
    logWindow: async ({ params, query }) => {
      await jobs.mustHave(params.workspace, params.name);
      return logs.window(logOf(params), query.path, query);
    },
    searchLog: async ({ params, query }) => {
      await jobs.mustHave(params.workspace, params.name);
      return logs.search(logOf(params), query.path, {
        text: query.text,
        regex: query.regex,
        caseSensitive: query.case_sensitive,
        maxResults: query.max_results,
      });
    },

    listArtifacts: async ({ params, query }) => {
      await jobs.mustHave(params.workspace, params.name);
      return files.list(params, query.path, query.recursive);
    },
    readArtifact: async ({ params, query, signal }): Promise<ByteReply> => {
      await jobs.mustHave(params.workspace, params.name);
      const { stream, contentType, bytes } = await files.open(params, query.path, signal);
      return { body: stream, contentType, ...(bytes === null ? {} : { headers: { "content-length": String(bytes) } }) };
    },
    readArtifacts: async ({ params, body, signal }): Promise<ByteReply> => {
      await jobs.mustHave(params.workspace, params.name);
      return { body: files.openMany(params, body.paths, signal), contentType: "application/octet-stream" };
    },
    listSnapshot: async ({ params }) => {
      const digest = await snapshotOf(jobs, params.workspace, params.name);
      return digest === null ? [] : code.list(digest);
    },
    readSnapshot: async ({ params, query }): Promise<ByteReply> => {
      const digest = await snapshotOf(jobs, params.workspace, params.name);
      if (digest === null) throw slipwayError("not-found", `The job ${params.name} has no code.`);
      return { body: await code.open(digest, query.path), contentType: text };
    },
  };
}

async function snapshotOf(jobs: Jobs, workspace: string, name: string): Promise<string | null> {
  return (await jobs.show(workspace, name)).snapshot?.digest ?? null;
}
