import type { AssetRow } from "#engine/store/queries/assets.ts";

/** What every location carries: how it is cited, and where it came from as far as that is known. */
interface Origin {
  /** As the document named it. */
  uri: string;
  asset?: AssetRow;
  /** The job whose output it is. */
  producedBy?: string;
}

/** Where data lies, after all names have been looked up. */
export type Location = Origin &
  (
    | { at: "path"; path: string; note: string }
    /** Frozen files in the store; `only` when it is one file. */
    | { at: "tree"; tree: string; only: string | null }
    /**
     * What a run has left. `prefix` is a folder or a file of its artifacts; `mayBeEmpty` when it is known to be a folder
     * that was kept, so that no files below it means an empty folder.
     */
    | { at: "artifacts"; run: string; prefix: string; mayBeEmpty?: true }
    | { at: "url"; url: string }
  );
