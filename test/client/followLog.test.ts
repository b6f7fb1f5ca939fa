import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connect } from "#client/index.ts";
import { StandIn } from "./standIn.ts";

let server: StandIn;
beforeEach(() => {
  server = new StandIn();
});
afterEach(() => server.remove());

it("a log is followed over broken and early ended replies, each byte once", async () => {
  const log = randomBytes(300_000);
  let available = 0;
  let requests = 0;
  await server.listen((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    if (!url.pathname.endsWith("/log")) {
      const complete = available === log.length;
      const status = complete ? "Completed" : "Running";
      return void response.end(
        JSON.stringify({ status, log_files: [{ path: "std_log.txt", bytes: available, complete }] }),
      );
    }
    requests++;
    const offset = Number(url.searchParams.get("offset"));
    expect(url.searchParams.get("follow")).toBe("true");
    available = Math.min(log.length, available + 37_001);
    const part = log.subarray(offset, available);
    // Every third reply breaks in its middle; the others end as an engine's do that is being stopped.
    if (requests % 3 === 0) {
      response.write(part.subarray(0, Math.floor(part.length / 2)), () => request.socket.destroy());
    } else response.end(part);
  });
  const client = await connect({ home: server.home, checkReplies: false });
  const chunks: Buffer[] = [];
  for await (const chunk of client.followLog({ workspace: "w", name: "j", path: "std_log.txt" })) chunks.push(chunk);
  client.dispose();
  expect(Buffer.concat(chunks).equals(log)).toBe(true);
  expect(requests).toBeGreaterThan(8);
});
