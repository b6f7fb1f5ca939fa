/**
 * Drives a real VS Code as a person does: starts a server of its own, opens a folder in Chromium, clicks, types, looks.
 * Every helper waits for what it names and fails with what it saw instead.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Frame, Locator, Page } from "playwright-core";
import { ensureCodeServer } from "../../tools/setup/codeServer.ts";
import { root } from "../../tools/process/run.ts";
import { startBrowser } from "./driver/browser.ts";
import { installExtension, placeExtension } from "./driver/extension.ts";
import { endRunFolder, makeRunFolder } from "./driver/home.ts";
import { VsCodeServer } from "./driver/server.ts";

export const themes = {
  light: { id: "Light Modern", label: "Light Modern", className: "vs" },
  dark: { id: "Dark Modern", label: "Dark Modern", className: "vs-dark" },
  "high-contrast": { id: "Default High Contrast", label: "Dark High Contrast", className: "hc-black" },
} as const;

/** What VS Code shows while something is under way. */
const busy = ".monaco-progress-container.active, .codicon-modifier-spin";

export interface WorkbenchOptions {
  /** The folder to open. */
  folder: string;
  /** A packaged extension to install into the clean server; the repository's own `dist` when absent. */
  vsix?: string;
  /** User settings on top of the quiet ones. */
  settings?: Record<string, unknown>;
  /** Opens the folder untrusted. */
  restrictedMode?: boolean;
  env?: Record<string, string>;
  /** The display language, as `de`. VS Code's own texts stay English without its language pack. */
  language?: string;
  /** SLIPWAY_HOME; a fresh one, ended with all its processes by {@link Workbench.close}, when absent. */
  home?: string;
  viewport?: { width: number; height: number };
}

export class Workbench {
  readonly page: Page;
  /** SLIPWAY_HOME of the extension and of the engine that it starts. */
  readonly home: string;
  readonly server: VsCodeServer;
  /** Holds all that this workbench writes: `extensions`, `user`, `data`, `server.log`. */
  readonly folder: string;
  readonly #browser: Browser;
  readonly #url: string;
  readonly #ownsHome: boolean;

  private constructor(parts: {
    page: Page;
    home: string;
    server: VsCodeServer;
    browser: Browser;
    folder: string;
    url: string;
    ownsHome: boolean;
  }) {
    this.page = parts.page;
    this.home = parts.home;
    this.server = parts.server;
    this.#browser = parts.browser;
    this.folder = parts.folder;
    this.#url = parts.url;
    this.#ownsHome = parts.ownsHome;
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const folder = makeRunFolder("workbench");
    const home = options.home ?? join(folder, "home");
    let server: VsCodeServer | undefined;
    let browser: Browser | undefined;
    try {
      const codeServer = await ensureCodeServer();
      const extensionsDir = join(folder, "extensions");
      if (options.vsix === undefined) placeExtension(extensionsDir);
      else await installExtension(options.vsix, { codeServer, extensionsDir, dataDir: join(folder, "data") });
      server = await VsCodeServer.start({
        codeServer,
        folder,
        extensionsDir,
        env: { ...options.env, SLIPWAY_HOME: home },
        restrictedMode: options.restrictedMode ?? false,
        settings: { "workbench.colorTheme": themes.dark.id, ...options.settings },
      });
      browser = await startBrowser();
      const page = await browser.newPage({ viewport: options.viewport ?? { width: 1440, height: 900 } });
      // What VS Code's page of another language sets before anything of it runs.
      if (options.language) await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = "${options.language}"`);
      const url = server.url(options.folder);
      const workbench = new Workbench({
        page,
        home,
        server,
        browser,
        folder,
        url,
        ownsHome: options.home === undefined,
      });
      await workbench.reload();
      return workbench;
    } catch (failure) {
      await browser?.close();
      await server?.stop();
      endRunFolder(folder, home);
      throw failure;
    }
  }

  /** Loads the window anew, as "Reload Window" does. */
  async reload(): Promise<void> {
    await this.page.goto(this.#url);
    await this.page.locator(".monaco-workbench .statusbar-item").first().waitFor({ timeout: 60_000 });
    await this.page.locator(".pane-header").first().waitFor({ timeout: 60_000 });
    await this.page.locator(".monaco-workbench[class*='vscode-theme-']").waitFor({ timeout: 60_000 });
  }

  /** Runs a command by its title through the palette. Fails when the palette does not offer it. */
  async runCommand(title: string): Promise<void> {
    await this.openPalette(`>${title}`);
    const row = this.quickPick().locator(".monaco-list-row").filter({ hasText: title }).first();
    await row.waitFor();
    await row.click();
  }

  /** Opens the quick input and types into it. */
  async openPalette(text: string): Promise<void> {
    await this.page.keyboard.press("F1");
    const input = this.quickPick().locator("input.input").first();
    await input.waitFor();
    await input.fill(text);
  }

  quickPick(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  /** Shows the container of the activity bar that is called `title`. */
  async openContainer(title: string): Promise<void> {
    const icon = this.page.locator(`.activitybar .action-item:has(a[aria-label^="${title}"])`).first();
    await icon.waitFor();
    if (!(await icon.evaluate((element) => element.classList.contains("checked")))) await icon.click();
    await this.page.locator(".sidebar .pane-header").first().waitFor();
  }

  /** The view (a section of the side bar) called `title`, unfolded. */
  async view(title: string): Promise<Locator> {
    const pane = this.page.locator(".sidebar .pane", {
      has: this.page.locator(`.pane-header[aria-label^="${title} Section"], .pane-header[aria-label$=": ${title}"]`),
    });
    const header = pane.locator(".pane-header");
    await header.waitFor();
    if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
    await pane.locator(".pane-body").waitFor();
    return pane;
  }

  /** The visible rows of a tree view once it has rows or a welcome text: label and description with a space between. */
  async treeRows(title: string): Promise<string[]> {
    const view = await this.view(title);
    await view.locator(".monaco-list-row, .welcome-view-content:visible").first().waitFor();
    const rows = await view.locator(".monaco-list-row").all();
    return Promise.all(
      rows.map(async (row) => (await row.locator(".label-name, .label-description").allInnerTexts()).join(" ").trim()),
    );
  }

  /** Waits until a row of the view matches, and returns it. */
  async treeRow(title: string, text: string | RegExp, timeout = 30_000): Promise<Locator> {
    const row = (await this.view(title)).locator(".monaco-list-row").filter({ hasText: text }).first();
    await row.waitFor({ timeout });
    return row;
  }

  /** The text of the welcome content that a view shows when it is empty. */
  async welcomeText(title: string): Promise<string> {
    return (await this.view(title)).locator(".welcome-view-content").innerText();
  }

  /** Opens a file of the folder by its name through the palette. */
  async openFile(name: string): Promise<void> {
    await this.openPalette(name);
    await this.quickPick().locator(".monaco-list-row").filter({ hasText: name }).first().click();
    await this.page.locator(`.tab[aria-label^="${name}"]`).first().waitFor();
  }

  /** The lines that the active editor shows now (not the whole document). */
  async editorLines(): Promise<string[]> {
    const lines = this.page.locator(".editor-group-container.active .view-line");
    return (await lines.allInnerTexts()).map((text) => text.replaceAll("\u00a0", " "));
  }

  /** The document inside the webview of the active editor or view. */
  async webview(): Promise<Frame> {
    const outer = this.page.locator("iframe.webview.ready").last();
    await outer.waitFor({ timeout: 30_000 });
    const frame = await (await outer.elementHandle())?.contentFrame();
    const inner = await frame?.waitForSelector("iframe#active-frame", { timeout: 30_000 });
    const content = await inner?.contentFrame();
    if (!content) throw new Error("The webview has no content");
    return content;
  }

  /** Waits until no progress bar or spinner is on the screen and the picture stands still. */
  async settled(): Promise<void> {
    let before = "";
    await this.page.waitForFunction(`document.querySelector("${busy}") === null`);
    for (let same = 0; same < 3;) {
      const now = (await this.page.screenshot({ animations: "disabled" })).toString("base64");
      same = now === before ? same + 1 : 0;
      before = now;
    }
  }

  /** Waits for a notification that matches, and returns it. */
  async notification(text: string | RegExp): Promise<Locator> {
    const toast = this.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text }).first();
    await toast.waitFor();
    return toast;
  }

  /** The texts of the notifications that are on the screen now. */
  async notifications(): Promise<string[]> {
    return this.page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
  }

  /** Changes the colour theme as a person does. (VS Code's server does not watch the settings file for changes from outside.) */
  async setTheme(theme: keyof typeof themes): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    const { label, className } = themes[theme];
    await this.quickPick().locator("input.input").first().fill(label);
    await this.quickPick().locator(".monaco-list-row").filter({ hasText: label }).first().click();
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /** Saves a picture in the folder named by SLIPWAY_SCREENSHOTS (out/screenshots otherwise); returns its path. */
  async screenshot(name: string): Promise<string> {
    const folder = process.env["SLIPWAY_SCREENSHOTS"] || join(root, "out/screenshots");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await this.page.screenshot({ path, animations: "disabled" });
    return path;
  }

  /** Ends the browser, the server and, when the home is this workbench's own, every process that lives in it. */
  async close(): Promise<void> {
    try {
      await this.#browser.close();
    } finally {
      await this.server.stop();
      endRunFolder(this.folder, this.#ownsHome ? this.home : `${this.folder}/none`);
    }
  }
}
