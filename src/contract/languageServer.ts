/** Requests between extension and language server besides the Language Server Protocol's own. Names are wire names. */

/** What the files of a folder are: `{ uris }` → one {@link Classified} each, in the same order. */
export const classifyRequest = "slipway/classify";

export interface ClassifyParams {
  uris: string[];
}

export interface Classified {
  uri: string;
  /** The Azure ML kind (`job:command`…), `script` for a Python program, null for anything else. */
  kind: string | null;
  /** For people: "Command job", "Python script". */
  what: string;
  /** Whether ▶ can submit it. */
  runnable: boolean;
}
