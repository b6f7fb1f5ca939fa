import { expect, it } from "vitest";
import { slipwayError } from "#contract/errors.ts";
import { pinInputs } from "#engine/reproduce/pinInputs.ts";
import type { RunRecord } from "#engine/reproduce/record.ts";

const data = (path: string) => ({ kind: "data" as const, type: "uri_file", mode: "ro_mount", path });

function record(inputs: Record<string, unknown>, ports: Record<string, unknown>): Pick<RunRecord, "row" | "plan"> {
  const row = { workspace: "default", name: "run", inputs: JSON.stringify(ports) };
  return { row, plan: { inputs } } as unknown as Pick<RunRecord, "row" | "plan">;
}

it("takes an asset by the version that the run had, and literals as they were", async () => {
  const run = record(
    { lr: { kind: "literal", value: "0.1" }, set: data("azureml:digits@latest") },
    { lr: { value: "0.1" }, set: { name: "digits", version: "3", digest: "abc" } },
  );
  const pinned = await pinInputs(run, (_workspace, { path }) =>
    Promise.resolve(path === "azureml:digits:3" ? "abc" : "of the latest"),
  );
  expect(pinned).toEqual({ lr: { kind: "literal", value: "0.1" }, set: data("azureml:digits:3") });
});

it("names every input that is gone or holds something else", async () => {
  const run = record(
    { gone: data("/d/gone.csv"), other: data("/d/other.csv"), same: data("/d/same.csv") },
    { gone: { digest: "a" }, other: { digest: "aaaaaaaaaaaaaaaa" }, same: { digest: "a" } },
  );
  const now: Record<string, string> = { "/d/other.csv": "bbbbbbbbbbbbbbbb", "/d/same.csv": "a" };
  const failure = pinInputs(run, (_workspace, { path }) => {
    const digest = now[path];
    if (digest === undefined) throw slipwayError("input-unavailable", `There is nothing at ${path}.`);
    return Promise.resolve(digest);
  });
  await expect(failure).rejects.toMatchObject({
    code: "input-unavailable",
    details: {
      inputs: [
        expect.stringMatching(/input gone is missing.*\/d\/gone\.csv/u),
        expect.stringMatching(/input other .* was changed: the run read aaaaaaaaaaaa, there is bbbbbbbbbbbb/u),
      ],
    },
  });
});

it("lets pass what cannot be told before the run: the report speaks of it afterwards", async () => {
  const run = record({ page: data("https://example.test/a.csv") }, { page: { digest: "a" } });
  expect(await pinInputs(run, () => Promise.resolve(null))).toEqual({ page: data("https://example.test/a.csv") });
});
