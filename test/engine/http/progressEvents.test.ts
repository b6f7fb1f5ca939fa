import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { EngineEvent } from "#contract/events.ts";
import { countProgress, ProgressReport } from "#engine/core/progress.ts";
import { EventHub } from "#engine/http/eventHub.ts";

let hub: EventHub;
let close: () => void;
let port: number;
beforeEach(async () => {
  hub = new EventHub({ epoch: 1 });
  const server = createServer((request: IncomingMessage, response: ServerResponse) =>
    hub.serve(request, response, { workspace: "w" }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  close = () => server.close();
});
afterEach(() => {
  hub.dispose();
  close();
});

function listen(): { text: () => string; open: Promise<void> } {
  let text = "";
  const open = new Promise<void>((resolve) => {
    get({ port, host: "127.0.0.1" }, (reply) => {
      reply.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        resolve();
      });
    });
  });
  return { text: () => text, open };
}

const event = (subject: string, files: number | null, workspace = "w"): EngineEvent => ({
  type: "progress",
  workspace,
  subject,
  progress: files === null ? null : countProgress("freezing", "", { files, bytes: 0, totalFiles: 9, totalBytes: null }),
});

it("progress that goes on is told to who connects; what is over or of another workspace is not", async () => {
  hub.publish(event("over", 1));
  hub.publish(event("over", null));
  hub.publish(event("mine", 1));
  hub.publish(event("mine", 2));
  hub.publish(event("theirs", 1, "v"));
  const client = listen();
  await client.open;
  hub.publish(event("mine", 3));
  await vi.waitFor(() => expect(client.text()).toContain('"items":3'));
  expect(client.text()).toContain('"items":2');
  expect(client.text()).not.toMatch(/over|theirs|"items":1,/);
  // It has no number, so that it takes no place among the events that can be had again.
  expect(client.text().match(/^id: /gm)).toHaveLength(1);
});

it("a report tells one lane at a time, not too often, and its end at once", async () => {
  let now = 0;
  const told: (string | null)[] = [];
  const clock = { now: () => now, monotonic: () => now };
  const bus = {
    publish: (published: EngineEvent) => {
      if (published.type !== "progress") return;
      const { progress } = published;
      told.push(progress && `${progress.phase} ${progress.items}`);
    },
  };
  const report = new ProgressReport({ bus, clock: clock as never, workspace: "w", subject: "s" });
  const count = (files: number) => ({ files, bytes: files, totalFiles: 9, totalBytes: 9 });
  await report.during("files", async (tell) => {
    tell(countProgress("code", "", count(1)));
    tell(countProgress("code", "", count(2)));
    now += 100;
    tell(countProgress("code", "", count(3)));
    await report.during("environment", async (first) => {
      first(countProgress("resolving", "", count(0)));
      tell(countProgress("code", "", count(4)));
    });
    tell(countProgress("code", "", count(9)));
  });
  expect(told).toEqual(["code 1", "code 3", "resolving 0", "code 4", "code 9", null]);
});
