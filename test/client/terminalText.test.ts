import { describe, expect, it } from "vitest";
import { stripControls, TerminalText } from "#client/terminalText.ts";

const esc = "\u001b";

describe("text for a terminal", () => {
  it.each([
    ["colours", `${esc}[1;31mred${esc}[0m`, `${esc}[1;31mred${esc}[0m`],
    ["a window title", `a${esc}]0;pwned\u0007b`, "ab"],
    ["a link", `${esc}]8;;http://evil${esc}\\click${esc}]8;;${esc}\\`, "click"],
    ["the clipboard", `a${esc}]52;c;ZXZpbA==\u0007b`, "ab"],
    ["a device string", `a${esc}P+q544e${esc}\\b`, "ab"],
    ["cursor and screen", `a${esc}[2J${esc}[H${esc}[?1049hb`, "ab"],
    ["one-character introducers", "a\u009b2Jb\u009d0;t\u009cc", "abc"],
    ["bells, backspaces and nulls", "a\u0007\u0008\u0000b", "ab"],
    ["a reset", `a${esc}cb`, "ab"],
    ["line ends and tabs", "a\tb\r\nc\rd", "a\tb\r\nc\rd"],
    ["text that ends in a title", `a${esc}]0;never ended`, "a"],
    ["the line after a title without end", `a${esc}]0;never\nseen`, "a\nseen"],
  ])("%s", (_, text, expected) => {
    expect(stripControls(text)).toBe(expected);
  });

  it("is the same however it is cut into pieces", () => {
    const text = `x${esc}[31mü${esc}]0;title\u0007y${esc}[2J${esc}]8;;u${esc}\\link${esc}[0m\u009bmz\n`;
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size++) {
      const filter = new TerminalText();
      let out = "";
      for (let at = 0; at < bytes.length; at += size) out += filter.push(bytes.subarray(at, at + size));
      expect(out + filter.end()).toBe(stripControls(text));
    }
  });

  it("keeps nothing back for ever, and bears invalid UTF-8", () => {
    const filter = new TerminalText();
    filter.push(Buffer.from(`${esc}]0;`));
    const out = filter.push(Buffer.alloc(10_000, "a")) + filter.push(Buffer.from("\u0007after")) + filter.end();
    expect(out).toContain("after");
    expect(new TerminalText().push(Buffer.from([0x61, 0xff, 0x62]))).toBe("a\ufffdb");
  });
});
