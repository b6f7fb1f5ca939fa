import type { Disposable } from "#base/disposable.ts";
import type { Context } from "../context.ts";
import { ProgressLine } from "./progress.ts";

/** Shows on `line` how far the engine has come with a job or an operation. Whoever asked for it disposes of it. */
export async function followProgress(
  context: Context,
  line: ProgressLine,
  work: { workspace: string; subject: string; otherwise: string },
): Promise<Disposable> {
  if (!context.interactive) return { dispose: () => undefined };
  const client = await context.client();
  return client.events(
    { workspace: work.workspace },
    {
      onEvent: (event) => {
        if (event.type !== "progress" || event.subject !== work.subject) return;
        if (event.progress === null) line.set(work.otherwise);
        else line.show(event.progress);
      },
    },
  );
}

/** Does work that the engine tells the progress of, with a line that is gone at the end. */
export async function withProgress<T>(
  context: Context,
  work: { workspace: string; operation: string; title: string },
  act: () => Promise<T>,
): Promise<T> {
  const line = new ProgressLine({ enabled: context.interactive });
  line.set(work.title);
  const { workspace, operation: subject, title: otherwise } = work;
  const following = await followProgress(context, line, { workspace, subject, otherwise });
  try {
    return await act();
  } finally {
    await following.dispose();
    line.dispose();
  }
}
