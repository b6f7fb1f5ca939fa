import { afterAll, beforeAll, describe } from "vitest";
import { outputOfPrograms } from "./outputOfPrograms.ts";
import { ports } from "./ports.ts";
import { rendering } from "./rendering.ts";
import { tracking } from "./tracking.ts";
import { notBuilt, User } from "./user.ts";
import { verbs } from "./verbs.ts";

const user = new User();
beforeAll(async () => {
  user.files({ "src/show.py": "import json, os, sys\nprint(json.dumps(sys.argv[1:]))\nprint(sorted(os.listdir()))\n" });
  if (!notBuilt) await user.run("engine", "start");
}, 120_000);
afterAll(() => user.home.remove());

describe.skipIf(notBuilt)(`the built program${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  rendering(user);
  ports(user);
  outputOfPrograms(user);
  verbs(user);
  tracking(user);
});
