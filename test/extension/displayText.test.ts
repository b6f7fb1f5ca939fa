import { describe, expect, it } from "vitest";
import { displayText } from "#extension/logs/displayText.ts";

describe("T21 the text of a log in an editor", () => {
  it.each([
    ["colours go, words stay", "\u001b[31mred\u001b[0m and \u001b[1;4mbold\u001b[m", "red and bold"],
    ["a clipboard write is dropped", "a\u001b]52;c;aGVsbG8=\u0007b", "ab"],
    ["a title is dropped, with its long terminator", "a\u001b]0;title\u001b\\b", "ab"],
    ["an unterminated sequence ends with its line", "a\u001b]52;c;xyz\nb", "a\nb"],
    ["a link escape is dropped", "\u001b]8;;command:evil\u0007text\u001b]8;;\u0007", "text"],
    ["a device control string is dropped", "a\u001bPq#0\u001b\\b", "ab"],
    ["a progress bar shows its last state", " 10%\r 50%\r100%\nnext", "100%\nnext"],
    ["a carriage return before the line's end is its end", "line\r\nnext\r\n", "line\nnext\n"],
    ["control characters become visible", "a\u0000b\u0008c\u007f", "a␀b␈c␡"],
    ["tabs and new lines stay", "a\tb\nc", "a\tb\nc"],
    ["text that changes direction is named", "a\u202eb\u2066c", "a<U+202E>b<U+2066>c"],
  ])("%s", (_, raw, shown) => {
    expect(displayText(raw)).toBe(shown);
  });
});
