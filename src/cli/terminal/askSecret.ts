import { Interrupted } from "./interrupt.ts";

/** Asks for something that must not be seen while it is typed. */
export async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(`${question}: `);
  stdin.setRawMode(true);
  stdin.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const onData = (chunk: Buffer): void => {
        for (const letter of chunk.toString("utf8")) {
          if (letter === "\r" || letter === "\n") return done(() => resolve(typed));
          if (letter === "\u0003" || letter === "\u0004")
            return done(() => reject(new Interrupted("Nothing was answered.")));
          typed = letter === "\u007f" || letter === "\b" ? [...typed].slice(0, -1).join("") : typed + letter;
        }
      };
      const done = (settle: () => void): void => {
        stdin.removeListener("data", onData);
        settle();
      };
      stdin.on("data", onData);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}
