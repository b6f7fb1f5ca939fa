import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./processes.ts";

type Controller = "memory" | "pids" | "freezer";

const root = "/sys/fs/cgroup";
const isFirstVersion = existsSync(join(root, "memory/tasks"));
/** The file of each controller that a test writes to: of the first version, of the second. */
const files: Readonly<Record<Controller, readonly [string, string]>> = {
  memory: ["memory.limit_in_bytes", "memory.max"],
  pids: ["pids.max", "pids.max"],
  freezer: ["freezer.state", "cgroup.freeze"],
};

let made = 0;

/** A control group of the test's own. Root alone may make one. */
export class ControlGroup {
  readonly path: string;
  readonly #file: string;

  private constructor(controller: Controller) {
    const name = `slipway-test-${process.pid}-${++made}`;
    this.path = join(root, isFirstVersion ? controller : "", name);
    mkdirSync(this.path);
    this.#file = join(this.path, files[controller][isFirstVersion ? 0 : 1]);
  }

  static make(controller: Controller, limit?: string): ControlGroup {
    const group = new ControlGroup(controller);
    if (limit !== undefined) writeFileSync(group.#file, limit);
    return group;
  }

  /** Why there is none of this controller here; undefined when there is. */
  static missing(controller: Controller): string | undefined {
    let group: ControlGroup | undefined;
    try {
      group = new ControlGroup(controller);
      return existsSync(group.#file) ? undefined : `needs the control groups' ${controller}`;
    } catch {
      return "needs the right to make a control group";
    } finally {
      if (group) rmdirSync(group.path);
    }
  }

  /** Words before a command that make it run in this group. */
  get wrapper(): string[] {
    return ["/bin/sh", "-c", `echo $$ > ${this.path}/cgroup.procs; exec "$@"`, "sh"];
  }

  freeze(): void {
    writeFileSync(this.#file, isFirstVersion ? "FROZEN" : "1");
  }

  thaw(): void {
    writeFileSync(this.#file, isFirstVersion ? "THAWED" : "0");
  }

  /** Ends what is still in it, and in the groups that jobs have made below, and takes it away. */
  async dispose(): Promise<void> {
    const below = readdirSync(this.path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(this.path, name));
    await until("an empty control group", () => {
      const left = [this.path, ...below].flatMap(membersOf);
      for (const pid of left) kill(pid);
      return left.length === 0;
    });
    for (const path of [...below, this.path]) if (existsSync(path)) rmdirSync(path);
  }
}

function membersOf(path: string): number[] {
  const file = join(path, "cgroup.procs");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
