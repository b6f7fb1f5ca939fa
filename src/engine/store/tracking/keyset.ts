import { createHash } from "node:crypto";
import { invalidParameter } from "../../core/mlflow/fault.ts";
import type { Sql } from "./conditions.ts";

/** One column of an order: its expression and direction. The last ones make the order total. */
export interface SortTerm {
  sql: string;
  ascending: boolean;
}

type SortValue = number | string | null;

/**
 * Pages by the sort values of the last row instead of by a count, so that a page costs the same wherever it is and a row
 * that arrives meanwhile neither repeats nor hides another. A token is good only for the search it came from.
 */
export class Keyset {
  readonly #terms: readonly SortTerm[];
  readonly #fingerprint: string;

  constructor(terms: readonly SortTerm[], search: unknown) {
    this.#terms = terms;
    this.#fingerprint = createHash("sha256").update(JSON.stringify(search)).digest("base64url").slice(0, 12);
  }

  get columns(): string {
    return this.#terms.map((term, index) => `${term.sql} AS sort_${index}`).join(", ");
  }

  get orderBy(): string {
    return this.#terms.map((term) => `${term.sql} ${term.ascending ? "ASC" : "DESC"}`).join(", ");
  }

  /** The condition that holds for rows after the token's. */
  after(token: string): Sql {
    const last = this.#decode(token);
    const alternatives: string[] = [];
    const values: unknown[] = [];
    for (const [index, term] of this.#terms.entries()) {
      const value = last[index] as SortValue;
      // Nothing comes after NULL within its own rank; the rank before it decides.
      if (value === null) continue;
      const equal = this.#terms.slice(0, index).map((before) => `${before.sql} IS ?`);
      alternatives.push([...equal, `${term.sql} ${term.ascending ? ">" : "<"} ?`].join(" AND "));
      values.push(...last.slice(0, index), value);
    }
    return { text: `(${alternatives.map((text) => `(${text})`).join(" OR ")})`, values };
  }

  token(row: Record<string, unknown>): string {
    const values = this.#terms.map((_, index) => row[`sort_${index}`] as SortValue);
    return Buffer.from(JSON.stringify({ after: values, of: this.#fingerprint })).toString("base64url");
  }

  #decode(token: string): SortValue[] {
    let parsed: { after?: unknown; of?: unknown } | null = null;
    try {
      parsed = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as { after?: unknown; of?: unknown };
    } catch {
      // Said below.
    }
    const after = parsed?.after;
    if (!Array.isArray(after) || after.length !== this.#terms.length || parsed?.of !== this.#fingerprint) {
      throw invalidParameter("Invalid page token: it does not belong to this search.");
    }
    if (after.some((value) => value !== null && typeof value !== "number" && typeof value !== "string")) {
      throw invalidParameter("Invalid page token.");
    }
    return after as SortValue[];
  }
}
