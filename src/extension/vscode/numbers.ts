import * as vscode from "vscode";

/** "12,345", as the language of VS Code writes it. */
export function whole(value: number): string {
  return value.toLocaleString(vscode.env.language);
}

/** "1.5", as the language of VS Code writes it. */
export function oneDecimal(value: number): string {
  return value.toLocaleString(vscode.env.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
