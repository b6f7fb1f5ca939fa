/** Told how many files and bytes a task has done so far. */
export type OnFile = (files: number, bytes: number) => void;
