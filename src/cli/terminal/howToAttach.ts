import type { Context } from "../context.ts";

/** How a debugger comes to a job that was just created for one. */
export function sayHowToAttach(context: Context, name: string): void {
  context.notice(`Its Python programs listen for a debugger (Debug Adapter Protocol) on loopback.`);
  context.notice(
    `In VS Code: Attach Debugger… on the job ${name}, or {"type": "slipway", "request": "attach", "job": "${name}"}.`,
  );
  context.notice(`Elsewhere: \`slipway job debug -n ${name}\` prints host, port and the folders to map.`);
}
