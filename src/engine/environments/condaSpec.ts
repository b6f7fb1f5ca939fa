/** A conda MatchSpec in the parts that matter here. */
export interface CondaSpec {
  channel: string;
  /** Lower case. */
  name: string;
  /** PEP 440 specifier (`==1.2.*`, `>=1,<2`), empty for any version; undefined when it has no such form. */
  versions: string | undefined;
  build: string;
}

const operators = /^(==|>=|<=|!=|~=|>|<|=)/;

/** Reads `channel::name=1.2=build`, `name==1.2`, `name >=1,<2`, `name 1.2.*`, `name[version='>=1']`. Undefined when malformed. */
export function parseCondaSpec(text: string): CondaSpec | undefined {
  const plain = text.replace(/\s+#.*$/, "").trim();
  const match =
    /^(?:([^\s:=<>!~]+)::)?([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?:\[version=(['"]?)([^'"\]]+)\3\])?\s*(.*)$/s.exec(plain);
  if (!match) return undefined;
  const [, channel = "", name = "", , bracket, rest = ""] = match;
  const { versions, build } = splitBuild(bracket ?? rest);
  return { channel, name: name.toLowerCase(), versions: toPep440(versions), build };
}

/** `=1.2=py38_0` and `1.2 py38_0` end in a build string. */
function splitBuild(rest: string): { versions: string; build: string } {
  const text = rest.trim();
  const joined = /^(={0,2}[^=<>!~,|\s]+)=([^=\s]+)$/.exec(text);
  if (joined) return { versions: joined[1] ?? "", build: joined[2] ?? "" };
  const spaced = /^([^\s,|<>=!~]+|==?[^\s,|]+)\s+([^\s,|<>=!~]+)$/.exec(text);
  if (spaced) return { versions: spaced[1] ?? "", build: spaced[2] ?? "" };
  return { versions: text, build: "" };
}

function toPep440(versions: string): string | undefined {
  const text = versions.replace(/\s+/g, "");
  if (text === "" || text === "*" || text === "=*") return "";
  if (text.includes("|")) return undefined;
  const parts: string[] = [];
  for (const part of text.split(",")) {
    const operator = operators.exec(part)?.[0] ?? "";
    const version = part.slice(operator.length);
    if (version === "*") continue;
    // In conda `=1.2` is "1.2 and what follows it", a bare `1.2` the same as `==1.2`.
    const fuzzy = operator === "=" || /\.?\*$/.test(version);
    const stem = version.replace(/\.?\*$/, "");
    if (!/^[0-9]+!?[0-9A-Za-z.]*(\+[0-9A-Za-z.]+)?$/.test(stem)) return undefined;
    if (operator === ">=" || operator === "<=" || operator === ">" || operator === "<") parts.push(operator + stem);
    else if (operator === "~=") parts.push(`~=${stem}`);
    else if (operator === "!=") parts.push(`!=${stem}${fuzzy ? ".*" : ""}`);
    else parts.push(fuzzy ? `==${stem}.*` : `==${stem}`);
  }
  return parts.join(",");
}
