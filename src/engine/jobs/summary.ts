import type { JobSummary } from "#contract/entities/job.ts";
import type { JobSummaryRow } from "../store/queries/jobList.ts";
import type { Connections } from "./connections.ts";

/** A row of the store as the wire shows it. */
export function toSummary(row: JobSummaryRow, connections: Pick<Connections, "of">): JobSummary {
  return {
    name: row.name,
    display_name: row.display_name,
    experiment_name: row.experiment_name,
    type: row.type,
    status: row.status,
    connection: connections.of(row.run_id, row.modified_at),
    compute: row.compute,
    parent_job_name: row.parent_name,
    tags: JSON.parse(row.tags) as Record<string, string>,
    creation_context: {
      created_at: new Date(row.created_at).toISOString(),
      created_by: row.owner,
      created_by_type: "User",
      last_modified_at: new Date(row.modified_at).toISOString(),
    },
    archived: row.archived === 1,
    deleted_at: row.deleted_at,
    started_at: row.started_at,
    ended_at: row.ended_at,
    queue_place: row.queue_place,
    source_file: row.source_file,
  };
}
