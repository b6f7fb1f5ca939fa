import { describe, expect, it } from "vitest";
import { changesOf, pairsOf, setAt } from "#cli/parse/pairs.ts";

describe("pairs", () => {
  it("keep what follows the first equals sign", () => {
    expect(pairsOf("--tags", ["a=b=c", "empty="])).toEqual({ a: "b=c", empty: "" });
    expect(() => pairsOf("--tags", ["novalue"])).toThrow("'novalue' is not of the form key=value");
  });

  it("of an update become changes, and what cannot be changed is refused", () => {
    const allowed = { fields: ["description", "display_name"], maps: ["tags"] } as const;
    expect(changesOf(["display_name=x", "tags.a.b=1", "description=d"], ["tags.old"], allowed)).toEqual({
      display_name: "x",
      description: "d",
      tags: { "a.b": "1", old: null },
    });
    expect(changesOf([], ["description"], allowed)).toEqual({ description: null });
    expect(() => changesOf(["compute=x"], [], allowed)).toThrow("'compute' cannot be changed here");
  });

  it("set nested keys", () => {
    const document = {};
    setAt(document, "build.path", "x");
    setAt(document, "build.dockerfile_path", "y");
    expect(document).toEqual({ build: { path: "x", dockerfile_path: "y" } });
  });
});
