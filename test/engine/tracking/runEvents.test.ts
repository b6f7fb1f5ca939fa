import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { RunEvents } from "#engine/tracking/runEvents.ts";
import type { EngineEvent } from "#contract/events.ts";
import { Api } from "./support/api.ts";

let server: TrackingServer;
let api: Api;
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
});
afterAll(() => server.close());

/** A clock that goes on when it is told to. */
class ManualClock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now = () => this.#now;
  monotonic = () => this.#now;

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((other) => other !== next);
      next.run();
    }
    this.#now = until;
  }
}

describe("events of runs", () => {
  it("come at most four times a second for one run, the last change always", () => {
    const clock = new ManualClock();
    const seen: EngineEvent[] = [];
    const events = new RunEvents({ store: server.store, bus: { publish: (event) => seen.push(event) }, clock });
    for (let call = 0; call < 1000; call++) {
      events.changed("default", "r", false);
      clock.advance(1);
    }
    expect(seen.length).toBeLessThanOrEqual(5);
    clock.advance(1000);
    const before = seen.length;
    expect(before).toBeGreaterThanOrEqual(4);
    clock.advance(10_000);
    expect(seen.length).toBe(before);
    events.changed("default", "other", false);
    events.changed("default", "r", false);
    expect(seen.slice(before)).toEqual([
      { type: "run", workspace: "default", run: "other" },
      { type: "run", workspace: "default", run: "r" },
    ]);
    events.dispose();
  });

  it("tell of a plain client's run as a job with Azure's status", async () => {
    const run = await api.newRun("0", { run_name: "plain", user_id: "ann", tags: [{ key: "team", value: "x" }] });
    await api.ok("runs/update", { run_id: run, status: "KILLED", end_time: 5000 });
    const last = () =>
      server.events.flatMap((event) => (event.type === "job" && event.job.name === run ? [event.job] : [])).at(-1);
    await expect.poll(() => last()?.status).toBe("Canceled");
    expect(last()).toMatchObject({
      display_name: "plain",
      type: "base",
      experiment_name: "Default",
      tags: { team: "x" },
      ended_at: 5000,
      creation_context: { created_by: "ann" },
    });
  });

  it.each([
    ["RUNNING", "Running"],
    ["SCHEDULED", "NotStarted"],
    ["FINISHED", "Completed"],
    ["FAILED", "Failed"],
    ["KILLED", "Canceled"],
  ])("show %s as %s in the list of runs", async (status, shown) => {
    const run = await api.newRun("0");
    await api.ok("runs/update", { run_id: run, status });
    const summaries = await server.store.read("listJobs", {
      filter: {
        ...{ workspace: "default", archived: "exclude", statuses: JSON.stringify([shown]) },
        ...{ experiment: null, parent: null, owner: null, text: null },
      },
      before: null,
      limit: 1,
    });
    expect(summaries.map((summary) => [summary.name, summary.status])).toEqual([[run, shown]]);
  });
});
