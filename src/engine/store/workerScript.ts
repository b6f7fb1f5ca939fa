const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** The script of one of the store's threads. It lies beside this module as source, and under `store/` beside the bundle. */
export function workerScript(name: "writerWorker" | "readerWorker" | "backupWorker"): URL {
  const folder = ending === "ts" ? "./" : "./store/";
  return new URL(`${folder}${name}.${ending}`, import.meta.url);
}
