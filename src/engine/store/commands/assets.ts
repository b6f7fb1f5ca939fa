import { slipwayError } from "#contract/errors.ts";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import type { Db } from "../database.ts";
import { findAsset, view, type AssetRow, type AssetView } from "../queries/assets.ts";
import type { CommandTable } from "../table.ts";
import { mergeTags } from "./datastores.ts";

export interface NewAsset {
  workspaceId: number;
  kind: AssetKind;
  name: string;
  /** Absent: the next number. */
  version?: string | undefined;
  type: string | null;
  path: string | null;
  description: string | null;
  tags: string;
  properties: string;
  content: string;
  tree: string | null;
  digest: string | null;
  bytes: number | null;
  producedBy: string | null;
  document: string;
  actor: string;
  now: number;
}

export const assetCommands = {
  /**
   * Adds a version. The same version with the same content is the one that is there (restored when it was archived);
   * with other content it is a `conflict`. Nothing but description, tags, properties and labels of a version ever changes.
   */
  addAsset(db: Db, args: NewAsset): AssetView {
    const registered = args.version === undefined ? sameOutput(db, args) : undefined;
    if (registered) return view(db, registered);
    const version = args.version ?? nextVersion(db, args);
    const there = findAsset(db, { ...args, version });
    if (there) return view(db, reuse(db, there, args));
    const { lastInsertRowid } = db.run(
      `INSERT INTO assets (workspace_id, kind, name, version, version_number, type, path, description, tags, properties,
         content, tree, digest, bytes, produced_by, document, owner, actor, created_at, modified_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      args.workspaceId,
      args.kind,
      args.name,
      version,
      /^[0-9]{1,15}$/.test(version) ? Number(version) : null,
      args.type,
      args.path,
      args.description,
      args.tags,
      args.properties,
      args.content,
      args.tree,
      args.digest,
      args.bytes,
      args.producedBy,
      args.document,
      args.actor,
      args.actor,
      args.now,
      args.now,
    );
    return view(db, db.get<AssetRow>("SELECT * FROM assets WHERE id = ?", lastInsertRowid) as AssetRow);
  },

  /** Changes a version; with no version and no label, `archived` goes for all versions and the rest for the newest. */
  updateAsset(
    db: Db,
    args: {
      workspaceId: number;
      kind: AssetKind;
      name: string;
      version?: string | undefined;
      label?: string | undefined;
      description?: string | null | undefined;
      tags?: Record<string, string | null> | undefined;
      properties?: Record<string, string | null> | undefined;
      addLabels?: string[] | undefined;
      archived?: boolean | undefined;
      actor: string;
      now: number;
    },
  ): AssetView {
    const all = args.version === undefined && args.label === undefined;
    const row = findAsset(db, args) ?? (all ? anyVersion(db, args) : undefined);
    if (!row) {
      const which = args.version ?? (args.label ? `@${args.label}` : "");
      throw slipwayError("not-found", `There is no ${args.kind} ${args.name}${which ? `:${which}` : ""}.`);
    }
    db.run(
      "UPDATE assets SET description = ?, tags = ?, properties = ?, actor = ?, modified_at = ? WHERE id = ?",
      args.description === undefined ? row.description : args.description,
      mergeTags(row.tags, args.tags),
      mergeTags(row.properties, args.properties),
      args.actor,
      args.now,
      row.id,
    );
    for (const label of args.addLabels ?? []) setLabel(db, row, label);
    if (args.archived !== undefined) {
      db.run(
        "UPDATE assets SET archived = ?, modified_at = ? WHERE workspace_id = ? AND kind = ? AND name = ? AND (id = ? OR ?)",
        Number(args.archived),
        args.now,
        row.workspace_id,
        row.kind,
        row.name,
        row.id,
        Number(all),
      );
    }
    return view(db, db.get<AssetRow>("SELECT * FROM assets WHERE id = ?", row.id) as AssetRow);
  },

  /** Notes what a port of a job was. A second word for the same port replaces the first (a job's next attempt). */
  noteLineage(
    db: Db,
    args: {
      workspaceId: number;
      job: string;
      direction: "input" | "output";
      port: string;
      assetId: number | null;
      digest: string | null;
      uri: string;
      actor: string;
      now: number;
    },
  ): void {
    db.run(
      `INSERT INTO lineage (workspace_id, job, direction, port, asset_id, digest, uri, owner, actor, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace_id, job, direction, port) DO UPDATE SET asset_id = excluded.asset_id,
         digest = excluded.digest, uri = excluded.uri, actor = excluded.actor, created_at = excluded.created_at`,
      args.workspaceId,
      args.job,
      args.direction,
      args.port,
      args.assetId,
      args.digest,
      args.uri,
      args.actor,
      args.actor,
      args.now,
    );
  },
} satisfies CommandTable;

/** A job's output that was registered before its engine died is not registered twice. */
function sameOutput(db: Db, args: NewAsset): AssetRow | undefined {
  if (args.producedBy === null) return undefined;
  return db.get<AssetRow>(
    "SELECT * FROM assets WHERE workspace_id = ? AND kind = ? AND name = ? AND produced_by = ? AND content = ?",
    args.workspaceId,
    args.kind,
    args.name,
    args.producedBy,
    args.content,
  );
}

function nextVersion(db: Db, args: NewAsset): string {
  const row = db.get<{ last: number | null }>(
    "SELECT max(version_number) AS last FROM assets WHERE workspace_id = ? AND kind = ? AND name = ?",
    args.workspaceId,
    args.kind,
    args.name,
  );
  return String((row?.last ?? 0) + 1);
}

function reuse(db: Db, there: AssetRow, args: NewAsset): AssetRow {
  if (there.content !== args.content) {
    throw slipwayError("conflict", `There is a ${there.kind} ${there.name}:${there.version} with other content.`, {
      next: "Leave the version out to get the next one, or give another version.",
    });
  }
  if (there.archived) db.run("UPDATE assets SET archived = 0, modified_at = ? WHERE id = ?", args.now, there.id);
  return { ...there, archived: 0 };
}

function anyVersion(db: Db, args: { workspaceId: number; kind: AssetKind; name: string }): AssetRow | undefined {
  return db.get<AssetRow>(
    "SELECT * FROM assets WHERE workspace_id = ? AND kind = ? AND name = ? ORDER BY id DESC LIMIT 1",
    args.workspaceId,
    args.kind,
    args.name,
  );
}

function setLabel(db: Db, row: AssetRow, label: string): void {
  if (label === "latest") {
    throw slipwayError("invalid-request", "'latest' is always the newest version and cannot be given.");
  }
  db.run(
    `INSERT INTO asset_labels (workspace_id, kind, name, label, asset_id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (workspace_id, kind, name, label) DO UPDATE SET asset_id = excluded.asset_id`,
    row.workspace_id,
    row.kind,
    row.name,
    label,
    row.id,
  );
}
