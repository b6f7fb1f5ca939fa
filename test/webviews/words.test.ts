import { expect, it } from "vitest";
import { durationWords, numberWords, sizeWords } from "../../webviews/shared/words.ts";

it.each([
  [0.123456789, "0.123457"],
  [40, "40"],
  [1234567, "1,234,567"],
  [0.0000123, "1.2300e-5"],
  ["NaN", "NaN"],
])("a number is read as %s → %s", (value, words) => expect(numberWords(value)).toBe(words));

it.each([
  [-5, "0.0 s"],
  [400, "0.4 s"],
  [12_000, "12 s"],
  [184_000, "3 min 4 s"],
  [7_800_000, "2 h 10 min"],
])("a time of %s ms is %s", (milliseconds, words) => expect(durationWords(milliseconds)).toBe(words));

it.each([
  [12, "12 B"],
  [1977, "2.0 kB"],
  [136_039, "136 kB"],
  [3_250_000_000, "3.3 GB"],
])("%s bytes are %s", (bytes, words) => expect(sizeWords(bytes)).toBe(words));
