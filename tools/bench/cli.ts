/** `node tools/bench/cli.ts`: cold start of the CLI against `mlflow --version`, each a fresh process, interleaved. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "../process/run.ts";

const rounds = 9;
const cli = join(root, "dist/cli/slipway.js");
const home = mkdtempSync(join(tmpdir(), "slipway-bench-cli-"));
// The shebang's Node is the user's, not the project's.
const path = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.startsWith(root))
  .join(delimiter);
const env = { ...process.env, PATH: path, SLIPWAY_HOME: home };

function slipway(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(cli, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`slipway ${args.join(" ")} ended with ${status}\n${stderr}`);
  return stdout;
}

/** `mlflow --version` of the PATH, or of a Python that has mlflow. */
function mlflowVersion(): [string, string[]] | undefined {
  const installed = globSync("test-venvs/mlflow-*/bin/python3", { cwd: join(homedir(), ".cache/slipway") });
  const candidates: [string, string[]][] = [
    [process.env["MLFLOW"] || "mlflow", ["--version"]],
    ...installed
      .sort()
      .reverse()
      .map((python): [string, string[]] => [join(homedir(), ".cache/slipway", python), ["-m", "mlflow", "--version"]]),
  ];
  return candidates.find(([program, args]) => spawnSync(program, args, { env }).status === 0);
}

function seconds(program: string, args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}\n${stderr}`);
  return performance.now() - started;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

if (!existsSync(cli)) throw new Error("Run `npm run build` first.");
const mlflow = mlflowVersion();
try {
  const file = join(home, "job.yml");
  writeFileSync(file, "command: echo hello\nenvironment:\n  image: library/python:latest\n");
  slipway("engine", "start");
  const name = slipway("job", "create", "-f", file, "--query", "name", "-o", "tsv").trim();
  const rows: [string, string, readonly string[]][] = [
    ["node -e 0", "node", ["-e", "0"]],
    ["slipway --version", cli, ["--version"]],
    ["slipway job show", cli, ["job", "show", "-n", name]],
    ...(mlflow ? ([["mlflow --version", ...mlflow]] as [string, string, string[]][]) : []),
  ];
  const times = rows.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, program, args]] of rows.entries()) times[index]?.push(seconds(program, args));
  }
  const reference = mlflow ? median(times[3] ?? []) : undefined;
  for (const [index, [label]] of rows.entries()) {
    const taken = median(times[index] ?? []);
    const worst = Math.max(...(times[index] ?? []));
    const ratio =
      reference === undefined || index === 3 ? "" : `  ${(reference / taken).toFixed(1)}x faster than mlflow --version`;
    const aim = index === 1 || index === 2 ? `  (aim: under 300 ms: ${taken < 300 ? "met" : "MISSED"})` : "";
    process.stdout.write(
      `${label.padEnd(20)} median ${taken.toFixed(0)} ms, worst ${worst.toFixed(0)} ms${ratio}${aim}\n`,
    );
  }
  if (!mlflow) process.stdout.write("no mlflow program was found (name one in MLFLOW): no comparison\n");
} finally {
  spawnSync(cli, ["engine", "stop"], { env });
  rmSync(home, { recursive: true, force: true });
}
