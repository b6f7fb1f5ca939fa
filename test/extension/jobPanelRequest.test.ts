import { expect, it } from "vitest";
import { checkedRequest } from "#extension/jobs/jobPanelRequest.ts";

it.each([
  [{ type: "ready" }],
  [{ type: "open-log", path: "user_logs/std_log.txt" }],
  [{ type: "open-location", file: "train.py", line: 3 }],
  [{ type: "open-job", name: "job1" }],
])("T16 a message of the list is let in: %o", (message) => {
  expect(checkedRequest(message)).toEqual(message);
});

it.each([
  [null],
  ["cancel"],
  [{}],
  [{ type: "run", command: "workbench.action.terminal.new" }],
  [{ type: "__proto__" }],
  [{ type: "toString" }],
  [{ type: ["cancel"] }],
  [{ type: "open-log" }],
  [{ type: "open-log", path: 7 }],
  [{ type: "open-artifact", path: { toString: "x" } }],
  [{ type: "open-location", file: "a", line: "1" }],
  [{ type: "open-location", file: "a", line: 1.5 }],
  [{ type: "open-job", name: ["a"] }],
])("T16 anything else is dropped: %o", (message) => {
  expect(checkedRequest(message)).toBeUndefined();
});
