import * as vscode from "vscode";

/** "12,345", as the language of VS Code writes it. */
export function whole(value: number): string {
  return value.toLocaleString(vscode.env.language);
}

/** "1.5", as the language of VS Code writes it. */
export function oneDecimal(value: number): string {
  return value.toLocaleString(vscode.env.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** "1.5 GB", as the language of VS Code writes it. */
export function bytesWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? whole(value) : oneDecimal(value)} ${units[unit] ?? ""}`;
}
