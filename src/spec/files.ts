/** What the language may know about files: implemented by whoever has a file system (or an editor's unsaved buffers). */
export interface FileProvider {
  /** Whether the path (as resolved from the YAML file's folder) exists, and as what. */
  exists(path: string): "file" | "folder" | undefined;
  /** The text of a file, or nothing when it cannot be read. */
  read(path: string): string | undefined;
  /** The names in a folder; lets a mistyped path be told from one that comes later. Optional. */
  list?(path: string): readonly string[];
}

/** Knows no file at all: path checks are left out. */
export const noFiles: FileProvider = { exists: () => "file", read: () => undefined };
