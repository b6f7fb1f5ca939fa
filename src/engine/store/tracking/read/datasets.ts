import type { ReadOperation } from "../context.ts";
import { experimentRowIds } from "./runs.ts";

/** The datasets that runs of some experiments used, each with its context, for a filter's suggestions. */
export const searchDatasets: ReadOperation = ({ db, workspaceId, fields }) => {
  const experiments = experimentRowIds(db, workspaceId, fields);
  const summaries = experiments.flatMap((experiment) =>
    db.all<{ experiment: number; name: string; digest: string; context: string | null }>(
      `SELECT DISTINCT e.number AS experiment, d.name, d.digest, i.context
       FROM datasets d JOIN experiments e ON e.id = d.experiment_id JOIN run_datasets i ON i.dataset_id = d.id
       WHERE d.experiment_id = ? ORDER BY d.name, d.digest LIMIT 1000`,
      experiment,
    ),
  );
  return {
    dataset_summaries: summaries.map(({ experiment, name, digest, context }) => ({
      experiment_id: String(experiment),
      name,
      digest,
      ...(context === null ? {} : { context }),
    })),
  };
};
