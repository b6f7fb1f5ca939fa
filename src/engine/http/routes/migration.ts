import { Readable } from "node:stream";
import { CodedError, messageOf } from "#base/errors.ts";
import { slipwayError, toErrorReply } from "#contract/errors.ts";
import type { MigrationLine, MigrationResult } from "#contract/routes/migration.ts";
import type { MlflowExport } from "../../migration/mlflowExport.ts";
import type { MlflowImport } from "../../migration/mlflowImport.ts";
import type { Workspaces } from "../../workspaces/workspaces.ts";
import type { Handlers } from "../handlers.ts";

/** Figures are sent no more often than this (ms): a store of many small runs would send nothing else. */
const betweenFigures = 100;

export function migrationHandlers(services: {
  imports: MlflowImport;
  exports: MlflowExport;
  workspaces: Workspaces;
}): Pick<Handlers, "importMlflow" | "exportMlflow"> {
  const { imports, exports, workspaces } = services;
  return {
    importMlflow: async ({ params, body, actor, signal }) => {
      const { name: workspace } = await workspaces.show(params.workspace);
      const steps = imports.run(
        {
          workspace,
          uri: body.uri,
          experiments: body.experiments,
          artifactRoots: body.artifact_roots,
          authorization: body.authorization,
          actor: actor.name,
        },
        signal,
      );
      return { body: Readable.from(lines(steps)), contentType: "application/x-ndjson" };
    },
    exportMlflow: async ({ params, body, actor, signal }) => {
      const { name: workspace } = await workspaces.show(params.workspace);
      const request = { workspace, to: body.to, experiments: body.experiments, actor: actor.name };
      return { body: Readable.from(lines(exports.run(request, signal))), contentType: "application/x-ndjson" };
    },
  };
}

async function* lines(steps: AsyncIterable<MigrationResult>): AsyncGenerator<string> {
  const write = (line: MigrationLine) => `${JSON.stringify(line)}\n`;
  let last: MigrationResult | undefined;
  let sent = -Infinity;
  try {
    for await (const step of steps) {
      last = step;
      if (performance.now() - sent < betweenFigures) continue;
      sent = performance.now();
      yield write({ progress: { ...step, left_out: step.left_out.length } });
    }
    if (last) yield write({ result: last });
  } catch (thrown) {
    const coded = thrown instanceof CodedError ? thrown : slipwayError("internal", messageOf(thrown));
    yield write({ error: toErrorReply(coded).error });
  }
}
