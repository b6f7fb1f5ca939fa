import { atPlace, invalidParameter, type Place } from "./fault.ts";
import { invalidClause, parseClause, type Clause } from "./filterSyntax.ts";
import { filterTokens, isWord, placeOf, type FilterToken } from "./filterTokens.ts";

/** Conditions joined by AND (`all`) and OR (`any`), or turned around. `all` of nothing holds always. */
export type FilterTree<Leaf> =
  | { kind: "all" | "any"; parts: FilterTree<Leaf>[] }
  | { kind: "not"; part: FilterTree<Leaf> }
  | { kind: "leaf"; leaf: Leaf };

/** Parentheses and NOTs within each other: more is no filter that anybody wrote. */
const deepest = 50;
/** Comparisons in one filter. */
const mostClauses = 1000;

/** A comparison as it was read, and where it stands. */
export interface PlacedClause {
  clause: Clause;
  place: Place;
}

/**
 * Reads a filter. MLflow's own grammar is clauses joined by AND; OR, NOT and parentheses are Slipway's. NOT binds more
 * tightly than AND, and AND more tightly than OR. Throws INVALID_PARAMETER_VALUE.
 */
export function parseFilterTree(filter: string | undefined): FilterTree<Clause> {
  return mapTree(parsePlacedFilter(filter), ({ clause }) => clause);
}

/** As {@link parseFilterTree}, with the places. A fault names the place that it speaks of. */
export function parsePlacedFilter(filter: string | undefined): FilterTree<PlacedClause> {
  if (filter === undefined || filter.trim() === "") return { kind: "all", parts: [] };
  return new Parser(filterTokens(filter)).parse();
}

class Parser {
  readonly #tokens: readonly FilterToken[];
  #at = 0;
  #depth = 0;
  #clauses = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  parse(): FilterTree<PlacedClause> {
    const tree = this.#joined("OR");
    if (this.#at < this.#tokens.length) throw invalidClause(this.#tokens.slice(this.#at));
    return tree;
  }

  #joined(word: "OR" | "AND"): FilterTree<PlacedClause> {
    const next = () => (word === "OR" ? this.#joined("AND") : this.#part());
    const parts = [next()];
    while (isWord(this.#tokens[this.#at], word)) {
      if (this.#at === this.#tokens.length - 1) throw invalidClause(this.#tokens.slice(this.#at));
      this.#at++;
      parts.push(next());
    }
    return parts.length === 1 ? (parts[0] as FilterTree<PlacedClause>) : { kind: word === "OR" ? "any" : "all", parts };
  }

  #part(): FilterTree<PlacedClause> {
    const begin = this.#at;
    const token = this.#tokens[begin];
    if (isWord(token, "NOT")) return { kind: "not", part: this.#within(() => this.#part()) };
    if (token?.kind === "open") {
      const inner = this.#within(() => this.#joined("OR"));
      if (this.#tokens[this.#at]?.kind !== "close") throw invalidClause(this.#tokens.slice(begin));
      this.#at++;
      return inner;
    }
    if (++this.#clauses > mostClauses) throw invalidParameter(`A filter takes at most ${mostClauses} comparisons.`);
    const { clause, next } = this.#clause(begin);
    this.#at = next;
    return { kind: "leaf", leaf: { clause, place: placeOf(this.#tokens.slice(begin, next)) } };
  }

  #clause(begin: number): ReturnType<typeof parseClause> {
    try {
      return parseClause(this.#tokens, begin);
    } catch (thrown) {
      throw atPlace(thrown, placeOf(this.#tokens.slice(begin)));
    }
  }

  /** Steps over one token and reads what it opens. */
  #within(read: () => FilterTree<PlacedClause>): FilterTree<PlacedClause> {
    if (++this.#depth > deepest) throw invalidParameter(`A filter nests at most ${deepest} parentheses and NOTs.`);
    this.#at++;
    const inner = read();
    this.#depth--;
    return inner;
  }
}

/** The same tree with other leaves. */
export function mapTree<From, To>(tree: FilterTree<From>, map: (leaf: From) => To): FilterTree<To> {
  switch (tree.kind) {
    case "leaf":
      return { kind: "leaf", leaf: map(tree.leaf) };
    case "not":
      return { kind: "not", part: mapTree(tree.part, map) };
    default:
      return { kind: tree.kind, parts: tree.parts.map((part) => mapTree(part, map)) };
  }
}

/** All leaves, from left to right. */
export function leavesOf<Leaf>(tree: FilterTree<Leaf>): Leaf[] {
  if (tree.kind === "leaf") return [tree.leaf];
  return tree.kind === "not" ? leavesOf(tree.part) : tree.parts.flatMap(leavesOf);
}
