import { resolve } from "node:path";
import type { MigrationResult } from "#contract/routes/migration.ts";
import { command, type Verbs } from "../parse/command.ts";
import { words } from "../parse/options.ts";
import { UsageError } from "../parse/usageError.ts";
import { followMigration, incomplete } from "../terminal/followMigration.ts";
import { ProgressLine } from "../terminal/progress.ts";
import { size as bytes } from "#client/progressText.ts";

export const verbs: Verbs = {
  mlflow: command({
    summary: "Take over an MLflow store with its runs, metrics, models and artifacts.",
    details:
      "The store is an mlruns folder, sqlite:///FILE or the http(s) address of an MLflow server. It is only read. " +
      "What is here already stays as it is, so it may be repeated and adds what is new. " +
      "Exit code 4 says that some of it was left out; each such place is listed with its reason. " +
      "For a server, MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and _PASSWORD are used.",
    options: {
      experiment: words("--experiment", "Names of experiments to take; all when there are none."),
      artifacts: words("--artifacts", "Folders outside of the store that its artifacts lie in."),
    },
    positionals: { name: "URI", help: "An mlruns folder, sqlite:///FILE or http(s)://HOST.", min: 1 },
    run: async (context, { experiment, artifacts }, positionals) => {
      if (positionals.length > 1) throw new UsageError(`unrecognized arguments: ${positionals.slice(1).join(" ")}`);
      const client = await context.client();
      const body = {
        uri: absolute(positionals[0] ?? ""),
        experiments: experiment,
        artifact_roots: artifacts.map((folder) => resolve(folder)),
        ...authorization(),
      };
      const progress = new ProgressLine({ enabled: context.interactive });
      progress.set("Reading the store");
      try {
        const reply = await client.importMlflow({ params: { workspace: await context.workspace() }, body });
        const result = await followMigration(reply.body, progress);
        progress.dispose();
        for (const { place, reason } of result.left_out) context.notice(`left out: ${place}: ${reason}`);
        context.notice(summary(result));
        return { value: result, exitCode: result.left_out.length > 0 ? incomplete : 0 };
      } finally {
        progress.dispose();
      }
    },
  }),
};

/** Paths are the caller's: the engine has another working folder. */
function absolute(uri: string): string {
  if (/^https?:\/\//.test(uri) || uri.startsWith("file:")) return uri;
  const database = /^(sqlite(?:\+\w+)?:\/\/\/)(.*)$/.exec(uri);
  if (database) return `${database[1]}${resolve(database[2] ?? "")}`;
  return /^[a-z][a-z0-9+.-]*:/i.test(uri) ? uri : resolve(uri);
}

function authorization(): { authorization?: string } {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = process.env;
  if (user) return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` };
  return token ? { authorization: `Bearer ${token}` } : {};
}

function summary(result: MigrationResult): string {
  const { runs, logged_models: models, experiments, artifacts } = result;
  const parts = [
    `${runs.added} new runs (${runs.updated} with something new, ${runs.unchanged} as they were)`,
    `${experiments.added} new experiments`,
    `${models.added} new logged models`,
    `${result.metric_points} metric points`,
    `${artifacts.files} files (${bytes(artifacts.bytes)})`,
  ];
  const left = result.left_out.length;
  return `Took over ${parts.join(", ")}. ${left > 0 ? `${left} left out.` : "Nothing was left out."}`;
}
