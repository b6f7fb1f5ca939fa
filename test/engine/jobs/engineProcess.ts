/** An engine in a process of its own, to be killed: `node engineProcess.ts WORLD JOB_FILE JOB_NAME`. Says when the submit is answered. */
import { World } from "./world.ts";

const [root, file, name] = process.argv.slice(2) as [string, string, string];
const engine = await World.at(root).open({ concurrency: 4 });
process.stdout.write("open\n");
await engine.submit(file, { name });
process.stdout.write("accepted\n");
setInterval(() => undefined, 1000);
