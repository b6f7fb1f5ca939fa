import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SlipwayClient } from "#client/client.ts";
import { writeDiagnostics } from "#client/diagnostics/diagnostics.ts";
import { Redaction } from "#client/diagnostics/redact.ts";

const canaries = {
  variable: "canary-variable-value",
  url: "canary-url-password",
  bearer: "canary-bearer-token-0123456789",
  jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl",
  signature: "canarysignature%2Fabc%3D",
  field: "canary field with blanks",
  assignment: "canary-assigned",
  github: "ghp_canary0123456789abcdef",
};
const user = "anncanary";
const host = "boxcanary";
const privateParts = {
  environment: { DB_PASSWORD: canaries.variable, PATH: "/usr/bin", SHORT_TOKEN: "abc" },
  ...{ user, host, home: `/home/${user}` },
};

const dirty = [
  `connecting as ${user} on ${host} from /home/${user}/project`,
  `the value ${canaries.variable} stands alone`,
  `https://ann:${canaries.url}@example.org/simple`,
  `Authorization: Bearer ${canaries.bearer}`,
  `token ${canaries.jwt}`,
  `https://store.example.org/c/x.csv?sv=2020&sig=${canaries.signature}&se=now`,
  `api_key = "${canaries.field}"`,
  `WANDB_API_KEY=${canaries.assignment} python train.py`,
  canaries.github,
  "-----BEGIN OPENSSH PRIVATE KEY-----\ncanarykeybody\n-----END OPENSSH PRIVATE KEY-----",
].join("\n");

describe("redaction", () => {
  const redaction = new Redaction(privateParts);
  it("leaves no canary in a text, and the rest as it was", () => {
    const clean = redaction.text(dirty);
    expect(clean).not.toMatch(/canary|eyJ/);
    expect(clean).toContain("connecting as [user] on [host] from ~/project");
    expect(clean).toContain("https://[redacted]@example.org/simple");
    expect(clean).toContain("python train.py");
    expect(redaction.text("annotation abc PATH=/usr/bin")).toBe("annotation abc PATH=/usr/bin");
  });

  it("empties what stands under a secret-like key, at any depth", () => {
    const value = {
      environment_variables: { HF_TOKEN: canaries.field, EPOCHS: "3" },
      list: [{ password: { nested: canaries.field } }, `https://x:${canaries.url}@h/`],
      count: 3,
      has_token: true,
    };
    const clean = redaction.value(value);
    expect(JSON.stringify(clean)).not.toContain("canary");
    expect(clean).toMatchObject({
      environment_variables: { HF_TOKEN: "[redacted]", EPOCHS: "3" },
      count: 3,
      has_token: true,
    });
  });
});

describe("the bundle", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-diagnostics-"));
    mkdirSync(join(folder, "home/store"), { recursive: true });
    writeFileSync(join(folder, "home/engine.log"), `${dirty}\nthe last line\n`);
    writeFileSync(join(folder, "home/store/signing.key"), "canary-key");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const unpacked = async (client: () => Promise<SlipwayClient | undefined>) => {
    const path = join(folder, "out.tar.gz");
    const written = await writeDiagnostics({
      ...{ path, client, home: join(folder, "home"), job: "job_1", program: { settings: { secret: canaries.field } } },
      private: privateParts,
    });
    execFileSync("tar", ["-xzf", path, "-C", folder]);
    const read = (name: string) => readFileSync(join(folder, "slipway-diagnostics", name), "utf8");
    return { written, read, all: written.files.map(({ name }) => read(name)).join("\n") };
  };

  it("is an archive that tar reads, only its owner may read, without a canary", async () => {
    const answers: Record<string, unknown> = {
      engineStatus: { workspace: "default", home: `/home/${user}/.slipway` },
      examineStore: { schema_version: 3, quick_check: ["ok"] },
      listWorkspaces: [],
      listComputes: [{ name: "local" }],
      showJob: { name: "job_1", environment_variables: { HF_TOKEN: canaries.field }, command: dirty },
    };
    const client = new Proxy({} as SlipwayClient, {
      get: (_target, name) => (name === "then" ? undefined : () => Promise.resolve(answers[String(name)])),
    });
    const { written, read, all } = await unpacked(() => Promise.resolve(client));
    expect(written.files.map(({ name }) => name)).toEqual([
      ...["README.txt", "program.json", "home.json", "engine.json", "store.json", "workspaces.json", "computes.json"],
      ...["job.json", "engine.log"],
    ]);
    expect(statSync(written.path).mode & 0o777).toBe(0o600);
    for (const { name, bytes } of written.files) expect(read(name).length, name).toBe(bytes);
    expect(all).not.toMatch(/canary|eyJ/);
    expect(read("engine.log")).toContain("the last line");
    expect(JSON.parse(read("job.json"))).toMatchObject({ name: "job_1" });
  });

  it("is written without an engine, and says why there is none", async () => {
    const { read, all } = await unpacked(() => Promise.reject(new Error(`no way in: ${canaries.variable}`)));
    expect(JSON.parse(read("engine.json"))).toEqual({ fault: { message: "no way in: [redacted]" } });
    expect(all).not.toMatch(/canary|eyJ/);
  });
});
