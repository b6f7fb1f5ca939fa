import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, type ContactState, type SlipwayClient } from "#client/index.ts";
import type { EngineEvent } from "#contract/events.ts";
import { BuiltHome, notBuilt } from "../cli/built.ts";

let home: BuiltHome;
let client: SlipwayClient | undefined;
beforeEach(() => {
  home = new BuiltHome();
});
afterEach(async () => {
  client?.dispose();
  await home.remove();
});

const patience = { timeout: 60_000, interval: 50 };

describe.skipIf(notBuilt)(`a window's engine${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("begins again by itself after it was killed, and stays away after it was stopped", async () => {
    const from = join(import.meta.dirname, "../../dist");
    client = await connect({ home: home.home, from, node: process.execPath });
    const events: EngineEvent["type"][] = [];
    const contacts: ContactState["state"][] = [];
    const stream = client.events(
      {},
      { onEvent: ({ type }) => events.push(type), onContact: ({ state }) => contacts.push(state) },
    );
    await vi.waitFor(() => expect(contacts).toEqual(["connected"]), patience);
    const first = client.engine.pid;

    process.kill(first, "SIGKILL");
    await vi.waitFor(() => expect(contacts).toEqual(["connected", "lost", "connected"]), patience);
    expect(client.engine.pid).not.toBe(first);
    // The new engine cannot know what the old one said last.
    await vi.waitFor(() => expect(events.at(-1)).toBe("resync"), patience);

    await home.run(["engine", "stop"]);
    await vi.waitFor(() => expect(contacts.at(-1)).toBe("lost"), patience);
    expect(events.at(-1)).toBe("engine-stopping");
    expect(existsSync(join(home.home, "engine.json"))).toBe(false);

    await home.run(["engine", "start"]);
    await vi.waitFor(() => expect(contacts.at(-1)).toBe("connected"), patience);
    expect(await client.listWorkspaces()).toHaveLength(1);
    stream.dispose();
  });
});
