/** `npm run demo`: builds Slipway, runs the quickstart job on this machine and shows what came of it. */
import { join } from "node:path";
import { connect, type SlipwayClient } from "#client/index.ts";
import { build } from "./build.ts";
import { root, run } from "./process/run.ts";

const job = join(root, "examples/quickstart/job.yml");
const slipway = join(root, "dist/cli/slipway.js");

await build();
const wasRunning = await connect({ start: false }).then(
  (client) => (client.dispose(), true),
  () => false,
);
await run([process.execPath, slipway, "job", "create", "-f", job, "--stream", "--output", "none"], {
  passThrough: true,
});

const client = await connect({ start: false });
try {
  await show(client);
} finally {
  if (!wasRunning) await client.engineStop({ body: { reason: "the demo is over" } });
  client.dispose();
}

/** Prints metrics, files and where to look further. */
async function show(slipwayClient: SlipwayClient): Promise<void> {
  const { workspace } = await slipwayClient.engineStatus();
  const { jobs } = await slipwayClient.listJobs({ params: { workspace }, query: { max_results: 10 } });
  const newest = jobs.find((candidate) => candidate.experiment_name === "quickstart" && candidate.type === "command");
  if (!newest) throw new Error("The job is not in the list of jobs.");
  const params = { workspace, name: newest.name };
  const [{ metrics }, files] = await Promise.all([
    slipwayClient.runData({ params }),
    slipwayClient.listArtifacts({ params, query: { recursive: true } }),
  ]);
  const line = (text = ""): void => void process.stdout.write(`${text}\n`);
  line(`\n${newest.display_name} (${newest.name}): ${newest.status}`);
  line("\nMetrics");
  for (const [key, { value, step }] of Object.entries(metrics)) {
    if (!key.startsWith("system/")) line(`  ${key.padEnd(28)} ${value} (step ${step})`);
  }
  line("\nFiles");
  for (const file of files) if (!file.is_dir) line(`  ${file.path} (${file.bytes} bytes)`);
  line("\nWhere to look");
  line("  in VS Code: open this folder's `examples/quickstart`, then the Slipway icon in the activity bar");
  line(`  npx slipway job show -n ${newest.name}`);
  line(`  npx slipway job download -n ${newest.name} --all`);
  line("  npx slipway env   # lines for an MLflow client");
  if (newest.status !== "Completed") process.exitCode = 1;
}
