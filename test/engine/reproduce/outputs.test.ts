import { expect, it } from "vitest";
import { compareOutputs } from "#engine/reproduce/outputs.ts";

const file = (path: string, sha256: string) => ({ path, sha256, bytes: 1, is_dir: false });

it("compares files by content, those that differ first, and no logs", () => {
  const { compared, differing, files } = compareOutputs(
    { files: [file("a", "1"), file("b", "1"), file("gone", "1"), file("logs/x", "1")], outputs: {} },
    { files: [file("a", "1"), file("b", "2"), file("new", "1"), file("logs/x", "2")], outputs: {} },
  );
  expect([compared, differing]).toEqual([4, 3]);
  expect(files.map(({ path, state }) => `${path} ${state}`)).toEqual([
    "b changed",
    "gone missing",
    "new added",
    "a same",
  ]);
});

it("holds an output of a place of its own by its digest: what lies there now may be another run's", () => {
  const kept = (digest: string) => ({ path: "azureml://jobs/again/outputs/o/paths/", digest });
  const original = { files: [], outputs: { o: { path: "azureml://datastores/d/paths/fixed", digest: "x" } } };
  const reproduction = (digest: string) => ({ files: [file("named-outputs/o/f", "1")], outputs: { o: kept(digest) } });
  expect(compareOutputs(original, reproduction("x"))).toMatchObject({ compared: 1, differing: 0 });
  expect(compareOutputs(original, reproduction("y")).files).toEqual([
    expect.objectContaining({ path: "named-outputs/o", state: "changed" }),
  ]);
});
