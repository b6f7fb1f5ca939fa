/**
 * What a log's text looks like in an editor. The bytes on disk stay as they are; here colours and other escape sequences
 * go, a line that was overwritten with carriage returns shows its last state as a terminal would, and control
 * characters become visible, so that a log can neither hide text nor reach the clipboard or the title.
 */
export function displayText(text: string): string {
  return text
    .replace(escapes, "")
    .replace(overwritten, "")
    .replace(controls, visible)
    .replace(oneByteControls, byNumber)
    .replace(bidirectional, byNumber);
}

// CSI, OSC/DCS/APC/PM (up to their terminator, or the end of the line), and two-character escapes.
const escapes =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]|\u009b[0-?]*[ -/]*[@-~]/g;

/** All of a line up to its last carriage return that is followed by more text. */
const overwritten = /^[^\n]*\r(?=[^\n\r])|\r+(?=\n|$)/gm;

const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const oneByteControls = /[\u0080-\u009f]/g;
const bidirectional = /[\u061c\u202a-\u202e\u2066-\u2069\u200e\u200f]/g;

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code === 0x7f ? "\u2421" : String.fromCharCode(0x2400 + code);
}

function byNumber(character: string): string {
  return `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;
}
