import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { contentPolicy } from "#extension/vscode/contentPolicy.ts";

const dist = join(import.meta.dirname, "../../dist/webviews");
const bundles = join(import.meta.dirname, "../../l10n");
const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css" };

/** A panel's page behind a server of its own, under the policy that it has in VS Code. What it sends is in `window.sent`, and told to `window.toHost`. */
export interface PanelServer {
  url: string;
  close(): Promise<void>;
}

/** Whether `panel` has been built. */
export function panelIsBuilt(panel: string): boolean {
  return existsSync(join(dist, `${panel}.js`));
}

/** What a page is served with beside itself. */
export interface PanelOptions {
  /** Markup that a test adds, such as a theme's colours. */
  head?: string;
  /** English where it is left out; the texts are those of the language's bundle. */
  language?: string;
}

export async function servePanel(panel: string, options: PanelOptions = {}): Promise<PanelServer> {
  const { language = "en" } = options;
  const texts = language === "en" ? "{}" : readFileSync(join(bundles, `bundle.l10n.${language}.json`), "utf8");
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const type = types[extname(path)];
    if (type !== undefined) {
      const file = join(dist, path);
      response.writeHead(existsSync(file) ? 200 : 404, { "content-type": type });
      response.end(existsSync(file) ? readFileSync(file) : "");
      return;
    }
    const policy = contentPolicy({ nonce: "n", source: address() });
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="${policy}"><title>${panel}</title>
      <link rel="stylesheet" href="/${panel}.css">${options.head ?? ""}</head><body><div id="root" data-state="{}" data-texts="${escaped(texts)}"></div>
      <script nonce="n">window.sent = []; window.acquireVsCodeApi = () => ({
        postMessage(message) { window.sent.push(message); window.toHost?.(message); }, getState() {}, setState(state) { window.kept = state; } });</script>
      <script type="module" nonce="n" src="/${panel}.js"></script></body></html>`);
  });
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${address()}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}
