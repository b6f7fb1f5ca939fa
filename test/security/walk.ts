import { STATUS_CODES } from "node:http";
import { api } from "#contract/api.ts";
import type { Route } from "#contract/route.ts";
import { mlflowRows } from "#engine/tracking/routes.ts";
import type { Answer, RawRequest } from "./liveEngine.ts";

/** A method on a path, to be knocked at. */
export interface Row {
  method: string;
  path: string;
}

/** Every method of HTTP that a server of ours could meet. CONNECT is not a request for a path and is tried apart. */
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] as const;

/** All routes of the MLflow API below `prefix`, then some that are no routes. */
export function mlflowWalk(prefix: string): Row[] {
  const known = mlflowRows.map(({ method, path }) => ({ method, path: prefix + path.replaceAll("*", "x") }));
  const ajax = known
    .filter(({ path }) => path.includes("/api/"))
    .map(({ method, path }) => ({ method, path: path.replace("/api/", "/ajax-api/") }));
  const strange = ["/", "/w", "/w/default", "/w/other/health", "/static-files/x", "//", "/%2e%2e/x", "*"];
  return [...known, ...ajax, ...strange.map((path) => ({ method: "GET", path }))];
}

/** All routes of our own contract, with their parameters filled in. */
export function contractWalk(): Row[] {
  return Object.values(api as Record<string, Route>).map(({ method, path }) => ({
    method,
    path: path.replace(":workspace", "default").replace(":kind", "data").replace(/:\w+/gu, "x"),
  }));
}

/** The same paths once by every method: a guard that looks at the method forgets one. */
export function byEveryMethod(rows: readonly Row[]): Row[] {
  const paths = [...new Set(rows.map(({ path }) => path))];
  return paths.flatMap((path) => methods.map((method) => ({ method, path })));
}

/**
 * Knocks at every row in the same way and names the rows that did not answer `status`. This is what fails when a route
 * is added that the guard does not stand before.
 */
export async function otherwise(
  rows: readonly Row[],
  status: number,
  ask: (row: Row) => Promise<Answer>,
): Promise<string[]> {
  const wrong: string[] = [];
  const waiting = [...rows];
  const work = async (): Promise<void> => {
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      const answered = await ask(row).then(
        (answer) => answer.status,
        (cut: Error) => cut.message,
      );
      if (answered !== status) wrong.push(`${row.method} ${row.path} → ${answered} ${STATUS_CODES[answered] ?? ""}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return wrong.sort();
}

/** A request for a row with these headers, and with a body where one is usual. */
export function asked(row: Row, headers: Record<string, string>): RawRequest {
  const hasBody = ["POST", "PUT", "PATCH"].includes(row.method);
  return {
    ...row,
    headers: { ...(hasBody ? { "content-type": "application/json", "content-length": "2" } : {}), ...headers },
    ...(hasBody ? { body: "{}" } : {}),
  };
}
