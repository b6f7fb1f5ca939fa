import { resolve } from "node:path";
import { ProgressLine } from "../terminal/progress.ts";
import { command, type Verbs } from "../parse/command.ts";
import { followMigration, incomplete } from "../terminal/followMigration.ts";
import { requiredText, words } from "../parse/options.ts";

export const verbs: Verbs = {
  mlflow: command({
    summary: "Write a workspace as an MLflow file store that any MLflow client reads.",
    details:
      "Runs keep their ids, with metrics, params, tags, datasets, models and files. " +
      "Exit code 4 says that some of it could not be written; each such place is listed with its reason. " +
      "MLflow 3.17 reads file stores when MLFLOW_ALLOW_FILE_STORE=true is set.",
    options: {
      to: requiredText("--to", "The folder to write: one that is empty or new."),
      experiment: words("--experiment", "Names of experiments to write; all when there are none."),
    },
    run: async (context, { to, experiment }) => {
      const client = await context.client();
      const progress = new ProgressLine({ enabled: context.interactive });
      progress.set("Writing the store");
      try {
        const params = { workspace: await context.workspace() };
        const reply = await client.exportMlflow({ params, body: { to: resolve(to), experiments: experiment } });
        const result = await followMigration(reply.body, progress);
        progress.dispose();
        for (const { place, reason } of result.left_out) context.notice(`left out: ${place}: ${reason}`);
        context.notice(`Wrote ${result.runs.added} runs of ${result.experiments.added} experiments to ${resolve(to)}.`);
        return { value: result, exitCode: result.left_out.length > 0 ? incomplete : 0 };
      } finally {
        progress.dispose();
      }
    },
  }),
};
