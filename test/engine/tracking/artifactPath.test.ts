import { describe, expect, it } from "vitest";
import { safeArtifactPath } from "#engine/core/mlflow/artifactPath.ts";

const dots = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%25252e%25252e"];
const slashes = ["/", "%2f", "%2F", "%252f", "\\", "%5c", "%255c"];

describe("T6: paths of artifacts", () => {
  const climbing = dots.flatMap((dot) =>
    slashes.map((slash) => `0/run/artifacts/${dot}${slash}${dot}${slash}etc/passwd`),
  );
  it.each([
    ...climbing,
    "..", "../x", "a/..", "%2e%2e", "/etc/passwd", "%2fetc/passwd", "%252fetc/passwd", "//host/share", "C:/x", "c:\\x", "C%3A/x",
    "a\\b", "a%5cb", "a#b", "a%23b", "a%2523b", "a\u0000b", "a%00b", "a%0ab", "a%0d%0ab", "a\u007fb",
    "file:/etc/passwd", "file:///etc/passwd", "FILE:///x", "s3://bucket/x", "mlflow-artifacts:/0/x",
  ])("refuses %j", (path) => {
    expect(() => safeArtifactPath(path)).toThrow("Invalid path");
  }); // prettier-ignore

  it.each([
    ["model/MLmodel", "model/MLmodel"],
    ["a//b/./c/", "a/b/c"],
    ["", ""],
    [".", ""],
    ["with%20space", "with space"],
    ["50%", "50%"],
    ["...", "..."],
    ["a..b/c..", "a..b/c.."],
    ["日本語.txt", "日本語.txt"],
    ["%E6%97%A5", "日"],
    ["named-outputs/x:y", "named-outputs/x:y"],
  ])("takes %j as %j", (path, safe) => {
    expect(safeArtifactPath(path)).toBe(safe);
  });
});
