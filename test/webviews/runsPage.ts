import type { Browser, Page } from "playwright-core";
import type { SlipwayClient } from "#client/index.ts";
import type { RunsPanelEvent, RunsPanelRequest } from "#contract/panels/runs.ts";
import { RunQuery } from "#contract/routes/runTable.ts";
import type { RunTable } from "#engine/runTable/runTable.ts";
import { RunsConversation } from "#extension/runs/runsConversation.ts";
import { checkedRequest } from "#extension/runs/runsPanelRequest.ts";
import { servePanel, type PanelOptions } from "./panelServer.ts";

/** The runs page in a browser, with an engine behind it and no VS Code between. */
export interface RunsPage {
  page: Page;
  talk: RunsConversation;
  /** What the page asked of VS Code itself. */
  asked: RunsPanelRequest[];
  post(event: object): Promise<void>;
  close(): Promise<void>;
}

export async function openRunsPage(options: {
  browser: Browser;
  client: SlipwayClient;
  panel?: PanelOptions;
}): Promise<RunsPage> {
  const server = await servePanel("runs", options.panel);
  const page = await options.browser.newPage({ viewport: { width: 1440, height: 900 } });
  const asked: RunsPanelRequest[] = [];
  let seq = 0;
  const post = (event: object): Promise<void> =>
    page.evaluate<undefined>(`window.postMessage(${JSON.stringify({ ...event, seq: ++seq } as RunsPanelEvent)}, "*")`);
  const talk = new RunsConversation({
    client: () => Promise.resolve(options.client),
    workspace: () => "default",
    post: (event) => void post(event).catch(() => undefined),
    now: () => Date.now(),
  });
  await page.exposeFunction("toHost", async (message: unknown) => {
    const request = checkedRequest(message);
    if (!request) throw new Error(`The page sent what is not on the list: ${JSON.stringify(message)}`);
    if (!(await talk.answer(request))) asked.push(request);
  });
  await page.goto(server.url);
  return {
    ...{ page, talk, asked, post },
    close: async () => {
      await page.close();
      await server.close();
    },
  };
}

/** The table's own routes without a socket between. */
export function tableClient(table: RunTable): SlipwayClient {
  const routes: Pick<
    SlipwayClient,
    | "searchRunTable"
    | "runTableRows"
    | "runTableColumns"
    | "runTableValues"
    | "listRunViews"
    | "saveRunView"
    | "deleteRunView"
  > = {
    searchRunTable: ({ body }) => table.search("default", RunQuery.parse(body)),
    runTableRows: ({ body }) => table.rows("default", body),
    runTableColumns: () => table.columns("default", []),
    runTableValues: ({ query }) =>
      table.values("default", { column: query.column, prefix: query.prefix ?? "", limit: 50 }),
    listRunViews: () => table.views("default"),
    saveRunView: ({ body }) =>
      table.save("default", { ...body, query: RunQuery.parse(body.query), pinned: body.pinned ?? 1 }, "ann"),
    deleteRunView: ({ query }) => table.forget("default", query.name),
  };
  return routes as SlipwayClient;
}
