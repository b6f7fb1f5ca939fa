import { command } from "../../parse/command.ts";
import { flag, number } from "../../parse/options.ts";
import { UsageError } from "../../parse/usageError.ts";
import { jobName } from "./read.ts";

export const debug = command({
  summary: "Show where the Python programs of a job listen for a debugger.",
  details:
    "Programs of a job that was created with --debugger listen from their first line. --attach lets those of any running job listen from now on, where the machine allows ptrace; else it says what forbids it.",
  options: {
    name: jobName,
    attach: flag("--attach", "Put the debugger into the job's running Python programs."),
    pid: number("--pid", "With --attach: only into the program with this pid."),
  },
  run: async (context, { name, attach, pid }) => {
    if (pid !== undefined && !attach) throw new UsageError("--pid is for --attach.");
    const client = await context.client();
    const params = { workspace: await context.workspace(), name };
    const found = attach
      ? await client.attachJob({ params, body: pid === undefined ? {} : { pid } })
      : await client.debugJob({ params });
    if (found.programs.length === 0) {
      context.notice(
        found.debug
          ? "No program of it listens now: none runs yet, or the job is over."
          : `The job was not created with --debugger, so no program of it listens. \`slipway job debug -n ${name} --attach\` enters those that run.`,
      );
    }
    const { local, remote } = found.code;
    return { value: { debugger: found.debug, local_root: local, remote_root: remote, programs: found.programs } };
  },
});
