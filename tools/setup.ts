/** `npm run setup`: everything that the tests need beyond `npm ci`. Safe to run again. */
import { ensureCodeServer } from "./setup/codeServer.ts";
import { ensureDebianPackages } from "./setup/debian.ts";

await ensureDebianPackages();
await ensureCodeServer();
process.stdout.write("setup: ready\n");
