import { workerData } from "node:worker_threads";
import { openForReading } from "./database.ts";

/** Copies the store into one compact file, in a thread of its own. */
const { path, to } = workerData as { path: string; to: string };
const db = openForReading(path);
db.raw.pragma("query_only = OFF");
db.raw.prepare("VACUUM INTO ?").run(to);
db.raw.close();
