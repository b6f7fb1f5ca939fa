import { runCommandLine } from "./run.ts";

// A reader that has gone away (`slipway job list | head -1`) is no error.
process.stdout.on("error", (failure: NodeJS.ErrnoException) => {
  if (failure.code !== "EPIPE") throw failure;
  process.exit(0);
});

process.exitCode = await runCommandLine(process.argv.slice(2), import.meta.filename);
