import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect, type ContactState } from "#client/index.ts";
import type { EngineEvent } from "#contract/events.ts";
import { StandIn } from "./standIn.ts";

let server: StandIn;
beforeEach(() => {
  server = new StandIn();
});
afterEach(() => server.remove());

it("events go on where they were after the connection or the engine was lost", async () => {
  const asked: (string | undefined)[] = [];
  let response: ServerResponse | undefined;
  const serve = () =>
    server.listen((request, reply) => {
      asked.push(request.headers["last-event-id"] as string | undefined);
      reply.writeHead(200, { "content-type": "text/event-stream" });
      reply.write(": hello\n\n");
      response = reply;
    });
  await serve();
  const client = await connect({ home: server.home });
  const events: EngineEvent[] = [];
  const contacts: ContactState["state"][] = [];
  const stream = client.events(
    { workspace: "w" },
    { onEvent: (event) => events.push(event), onContact: ({ state }) => contacts.push(state) },
  );
  const send = (id: string, event: EngineEvent) => {
    // An event may come in pieces, with a letter cut in two.
    const bytes = Buffer.from(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
    for (const byte of bytes) response!.write(Buffer.of(byte));
  };
  await vi.waitFor(() => expect(response).toBeDefined());
  send("7-1", { type: "run", workspace: "w", run: "größe" });
  await vi.waitFor(() => expect(events).toHaveLength(1));

  response!.destroy();
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  send("7-2", { type: "workspaces" });
  await vi.waitFor(() => expect(events).toHaveLength(2));

  await server.close();
  await vi.waitFor(() => expect(contacts.at(-1)).toBe("lost"));
  await serve();
  await vi.waitFor(() => expect(asked).toHaveLength(3), { timeout: 10_000 });
  send("7-3", { type: "resync" });
  await vi.waitFor(() => expect(events).toHaveLength(3));
  stream.dispose();
  client.dispose();

  expect(asked).toEqual([undefined, "7-1", "7-2"]);
  expect(events[0]).toEqual({ type: "run", workspace: "w", run: "größe" });
  expect(contacts).toEqual(["connected", "lost", "connected", "lost", "connected"]);
});
