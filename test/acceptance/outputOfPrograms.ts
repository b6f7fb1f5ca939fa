import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { User } from "./user.ts";

/** What programs write that nobody expects. */
export function outputOfPrograms(user: User): void {
  it("bytes that are no text, escape sequences and a line without an end are kept as they are", async () => {
    const command = `printf 'bad \\xff\\xfe\\n\\033[31mred\\033[0m\\n'; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end`;
    const { code, log } = await user.job("strange", `command: |\n  ${command}\n`);
    expect(code).toBe(0);
    expect(log.endsWith("xxx\nend\n")).toBe(true);
    await user.run("job", "download", "-n", "strange", "-p", "strange");
    const bytes = readFileSync(join(user.folder, "strange/artifacts/user_logs/std_log.txt"));
    expect(bytes.subarray(0, 16).toString("latin1")).toBe("bad \xff\xfe\n\x1b[31mred\x1b");
    expect(bytes.length).toBe("bad \xff\xfe\n\x1b[31mred\x1b[0m\n".length + 20_000_001 + "end\n".length);
  });

  it("a thousand small files are all kept", async () => {
    const { job } = await user.job("many", "command: for i in $(seq 1000); do echo $i > outputs/$i.txt; done\n");
    expect(job.status).toBe("Completed");
    await user.run("job", "download", "-n", "many", "-p", "many");
    expect(readFileSync(join(user.folder, "many/artifacts/outputs/1000.txt"), "utf8")).toBe("1000\n");
  });
}
