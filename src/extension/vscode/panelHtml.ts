import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { contentPolicy } from "./contentPolicy.ts";

/**
 * The page of a panel. Nothing but our own script and style is allowed in; what the page keeps over a reload (`state`)
 * travels as an attribute, so that no text of a job becomes markup; so do the texts of VS Code's language.
 */
export function panelHtml(options: {
  webview: vscode.Webview;
  media: vscode.Uri;
  name: string;
  title: string;
  state: unknown;
}): string {
  const { webview, media, name } = options;
  const nonce = randomBytes(16).toString("base64url");
  const asset = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString();
  const policy = contentPolicy({ nonce, source: webview.cspSource });
  return `<!DOCTYPE html>
<html lang="${escape(vscode.l10n.bundle ? vscode.env.language : "en")}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${asset(`${name}.css`)}" />
    <title>${escape(options.title)}</title>
  </head>
  <body>
    <div id="root" data-state="${escape(JSON.stringify(options.state))}" data-texts="${escape(JSON.stringify(vscode.l10n.bundle ?? {}))}"></div>
    <script type="module" nonce="${nonce}" src="${asset(`${name}.js`)}"></script>
  </body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
