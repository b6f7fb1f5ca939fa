import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { notBuilt } from "../cli/built.ts";
import { LiveEngine } from "./liveEngine.ts";

/** A service of this machine that no document may reach. */
const canary = createServer((request, response) => {
  hits.push(request.url ?? "");
  response.end("secret of this machine");
});
/** A server that a user names, and that leads elsewhere. */
const hostile = createServer((request, response) => answer(request, response));
let hits: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end();
let engine: LiveEngine;
let inside = "";

const portOf = (server: typeof canary) => (server.address() as AddressInfo).port;
const listening = (server: typeof canary) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

beforeAll(async () => {
  if (notBuilt) return;
  await Promise.all([listening(canary), listening(hostile)]);
  inside = `127.0.0.1:${portOf(canary)}`;
  engine = await LiveEngine.start();
}, 120_000);
afterAll(async () => {
  await engine?.close();
  canary.close();
  hostile.close();
});
beforeEach(() => {
  hits = [];
});

const job = (url: string) => `command: cat \${{inputs.data}}
environment: {image: any}
inputs:
  data: {type: uri_file, path: "${url}", mode: download}
`;

describe.skipIf(notBuilt)(
  `addresses that others choose${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 120_000 },
  () => {
    it("T13 no way of writing an address of this machine makes a job read from it", async () => {
      const port = portOf(canary);
      const hosts = [
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
      ];
      const odd = [
        "[::1]",
        "0.0.0.0",
        "127.1",
        "localhost.",
        "127.0.0.1.",
        "user:pass@127.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
      ];
      for (const [index, host] of [...hosts, ...odd].entries()) {
        const file = engine.built.write(`url${index}.yml`, job(`http://${host}:${port}/latest/meta-data`));
        const ran = await engine.built.run(["job", "create", "-f", file, "--name", `url${index}`, "--stream"]);
        expect([host, ran.code]).not.toEqual([host, 0]);
      }
      expect(hits).toEqual([]);
    });

    it("T13 a data asset is no way round it, nor is any other scheme", async () => {
      const schemes = [
        `http://${inside}/x`,
        "file:///etc/passwd",
        "data:text/plain,x",
        `ftp://${inside}/x`,
        `gopher://${inside}/x`,
      ];
      for (const [index, path] of schemes.entries()) {
        const asset = engine.built.write(
          `asset${index}.yml`,
          `name: a${index}\nversion: 1\ntype: uri_file\npath: "${path}"\n`,
        );
        const made = await engine.built.run(["data", "create", "-f", asset]);
        if (made.code !== 0) continue;
        const file = engine.built.write(`of${index}.yml`, job(`azureml:a${index}:1`));
        const ran = await engine.built.run(["job", "create", "-f", file, "--name", `of${index}`, "--stream"]);
        expect(`${ran.stdout}`).not.toContain("root:");
        if (path.startsWith("http")) expect(ran.code).not.toBe(0);
      }
      expect(hits).toEqual([]);
    });

    it("T13 an MLflow server that is imported from leads nowhere else, and sees no token of ours", async () => {
      const uri = `http://127.0.0.1:${portOf(hostile)}`;
      const asked: IncomingMessage[] = [];
      const elsewhere = `http://${inside}/x`;
      const run = {
        info: {
          run_id: "r1",
          run_name: "r",
          experiment_id: "1",
          status: "FINISHED",
          start_time: 1,
          end_time: 2,
          artifact_uri: elsewhere,
          lifecycle_stage: "active",
        },
        data: { metrics: [], params: [], tags: [] },
      };
      const replies: [RegExp, unknown][] = [
        [
          /experiments\/search/u,
          { experiments: [{ experiment_id: "1", name: "e", lifecycle_stage: "active", artifact_location: elsewhere }] },
        ],
        [/runs\/search/u, { runs: [run] }],
        [
          /artifacts\/list/u,
          {
            root_uri: elsewhere,
            files: [
              { path: "a.txt", is_dir: false, file_size: 3 },
              { path: "../../etc/passwd", is_dir: false },
            ],
          },
        ],
        [/runs\/get/u, { run }],
      ];
      answer = (request, response) => {
        asked.push(request);
        const [, reply] = replies.find(([path]) => path.test(request.url ?? "")) ?? [];
        if (reply) response.setHeader("content-type", "application/json").end(JSON.stringify(reply));
        // Everything else, the artifact's bytes too, is said to lie elsewhere.
        else response.writeHead(302, { location: elsewhere }).end();
      };
      const ran = await engine.built.run(["import", "mlflow", uri]);
      expect(asked.length, ran.stderr).toBeGreaterThan(0);
      expect(hits).toEqual([]);
      const tokens = [engine.token, ...asked.map(({ headers }) => headers.authorization ?? "")];
      expect(tokens.slice(1).filter((text) => text.includes(engine.token))).toEqual([]);
      expect(join(ran.stdout, ran.stderr)).not.toContain("secret of this machine");
    });
  },
);
