import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";

export interface AssetRow {
  id: number;
  workspace_id: number;
  kind: AssetKind;
  name: string;
  version: string;
  version_number: number | null;
  type: string | null;
  path: string | null;
  description: string | null;
  /** JSON. */
  tags: string;
  /** JSON. */
  properties: string;
  archived: 0 | 1;
  content: string;
  tree: string | null;
  digest: string | null;
  bytes: number | null;
  produced_by: string | null;
  /** JSON. */
  document: string;
  owner: string;
  actor: string;
  created_at: number;
  modified_at: number;
}

/** A version with its labels and the jobs that used it. */
export interface AssetView extends AssetRow {
  labels: string[];
  used_by: string[];
}

const shownUses = 20;

interface Named {
  workspaceId: number;
  kind: AssetKind;
  name: string;
}

/** The newest version of one name that is not archived; `@latest` means this one. */
const newest = `SELECT * FROM assets WHERE workspace_id = ? AND kind = ? AND name = ? AND archived = 0 ORDER BY id DESC LIMIT 1`;

export const assetQueries = {
  /** One version by number or text, by label, or the newest. */
  asset(db: Db, args: Named & { version?: string | undefined; label?: string | undefined }): AssetView | null {
    const row = findAsset(db, args);
    return row ? view(db, row) : null;
  },

  assetVersions(db: Db, args: Named & { archived: "exclude" | "include" | "only" }): AssetView[] {
    const [low, high] = archivedRange(args.archived);
    return db
      .all<AssetRow>(
        "SELECT * FROM assets WHERE workspace_id = ? AND kind = ? AND name = ? AND archived BETWEEN ? AND ? ORDER BY id DESC",
        args.workspaceId,
        args.kind,
        args.name,
        low,
        high,
      )
      .map((row) => view(db, row));
  },

  /** The newest version of each name. */
  newestAssets(
    db: Db,
    args: { workspaceId: number; kind: AssetKind; archived: "exclude" | "include" | "only" },
  ): AssetView[] {
    const [low, high] = archivedRange(args.archived);
    return db
      .all<AssetRow>(
        `SELECT * FROM assets WHERE id IN
           (SELECT max(id) FROM assets WHERE workspace_id = ? AND kind = ? AND archived BETWEEN ? AND ? GROUP BY name)
         ORDER BY name`,
        args.workspaceId,
        args.kind,
        low,
        high,
      )
      .map((row) => view(db, row));
  },

  /** The job whose output had this content, the newest first. */
  producerOf(db: Db, args: { workspaceId: number; digest: string }): string | null {
    return (
      db.get<{ job: string }>(
        "SELECT job FROM lineage WHERE workspace_id = ? AND digest = ? AND direction = 'output' ORDER BY id DESC LIMIT 1",
        args.workspaceId,
        args.digest,
      )?.job ?? null
    );
  },

  /** What a job's port was, once it is known. */
  jobPort(
    db: Db,
    args: { workspaceId: number; job: string; direction: "input" | "output"; port: string },
  ): { uri: string; digest: string | null } | null {
    return (
      db.get<{ uri: string; digest: string | null }>(
        "SELECT uri, digest FROM lineage WHERE workspace_id = ? AND job = ? AND direction = ? AND port = ?",
        args.workspaceId,
        args.job,
        args.direction,
        args.port,
      ) ?? null
    );
  },
} satisfies QueryTable;

/** For commands, which see their own transaction. */
export function findAsset(
  db: Db,
  args: Named & { version?: string | undefined; label?: string | undefined },
): AssetRow | undefined {
  if (args.version !== undefined) {
    return db.get<AssetRow>(
      "SELECT * FROM assets WHERE workspace_id = ? AND kind = ? AND name = ? AND version = ?",
      args.workspaceId,
      args.kind,
      args.name,
      args.version,
    );
  }
  if (args.label !== undefined && args.label !== "latest") {
    return db.get<AssetRow>(
      `SELECT assets.* FROM asset_labels JOIN assets ON assets.id = asset_id
       WHERE asset_labels.workspace_id = ? AND asset_labels.kind = ? AND asset_labels.name = ? AND label = ?`,
      args.workspaceId,
      args.kind,
      args.name,
      args.label,
    );
  }
  return db.get<AssetRow>(newest, args.workspaceId, args.kind, args.name);
}

export function view(db: Db, row: AssetRow): AssetView {
  const labels = db
    .all<{ label: string }>("SELECT label FROM asset_labels WHERE asset_id = ? ORDER BY label", row.id)
    .map(({ label }) => label);
  const isNewest = db.get<AssetRow>(newest, row.workspace_id, row.kind, row.name)?.id === row.id;
  const uses = db.all<{ job: string }>(
    "SELECT job FROM lineage WHERE asset_id = ? AND direction = 'input' GROUP BY job ORDER BY max(id) DESC LIMIT ?",
    row.id,
    shownUses,
  );
  return { ...row, labels: isNewest ? ["latest", ...labels] : labels, used_by: uses.map(({ job }) => job) };
}

function archivedRange(archived: "exclude" | "include" | "only"): [number, number] {
  return archived === "exclude" ? [0, 0] : archived === "only" ? [1, 1] : [0, 1];
}
