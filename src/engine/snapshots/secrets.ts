/** A line that looks like a credential. The credential itself is never kept. */
export interface SecretFinding {
  /** 1-based; 0 when the file's name alone gives it away. */
  line: number;
  what: string;
}

interface Pattern {
  what: string;
  expression: RegExp;
}

/** Formats that their issuers gave a recognisable shape: hardly ever a false alarm. */
const shaped: readonly Pattern[] = [
  { what: "private key", expression: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { what: "AWS access key", expression: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { what: "Azure storage account key", expression: /\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}/ },
  { what: "Azure shared access key", expression: /\bSharedAccessKey=[A-Za-z0-9+/]{40,}={0,2}/ },
  { what: "Azure SAS token", expression: /[?&]sv=\d{4}-\d{2}-\d{2}&[^\s"']*\bsig=[A-Za-z0-9%+/=]{20,}/ },
  { what: "GitHub token", expression: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b/ },
  { what: "GitLab token", expression: /\bglpat-[A-Za-z0-9_-]{20,}/ },
  { what: "Slack token", expression: /\bxox[abprs]-[A-Za-z0-9-]{10,}/ },
  { what: "Google API key", expression: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { what: "OpenAI or Anthropic key", expression: /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/ },
  { what: "Hugging Face token", expression: /\bhf_[A-Za-z0-9]{30,}\b/ },
  { what: "PyPI token", expression: /\bpypi-AgE[A-Za-z0-9_-]{50,}/ },
  { what: "npm token", expression: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: "Stripe key", expression: /\b[rs]k_live_[A-Za-z0-9]{20,}\b/ },
  { what: "JSON web token", expression: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
  {
    what: "password in a URL",
    expression: /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s:/@"'{}$<>]{1,60}:[^\s:/@"'{}$<>]{6,80}@[\w.-]+/i,
  },
];

/** `name = "value"` with a telling name; the value decides by its entropy. */
const assignment =
  /(?:^|[^A-Za-z0-9])[A-Za-z0-9_.-]{0,40}(?:api[_-]?key|secret|passwd|password|access[_-]?key|auth[_-]?token|private[_-]?key|account[_-]?key|client[_-]?secret|_token)["']?\s*[:=]\s*["']?([A-Za-z0-9+/=_.~!@#%^&*-]{12,200})["']?\s*(?:[,;})\]#]|$)/i;

/** One test over the whole text tells most files apart before any line is looked at. */
const anyShape = new RegExp(shaped.map(({ expression }) => expression.source).join("|"), "i");
const anyAssignment = /api[_-]?key|secret|passw|access[_-]?key|_token|auth[_-]?token|private[_-]?key|account[_-]?key/i;

/** Bits per character. Words of a language stay under 3.2, random base64 of 20 characters is over 3.8. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

function looksRandom(value: string): boolean {
  if (/^(?:\$|%|<|\{)|[{}<>]|^(?:os|env|process|self|args|config|settings)\./.test(value)) return false;
  if (/example|changeme|placeholder|your[_-]|xxxx|dummy|\.\.\.|\*\*\*/i.test(value)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return /[0-9]/.test(value) && classes >= 2 && entropy(value) >= 3.3;
}

/** What a file's name alone says. */
export function secretByName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^\.env(?:\..+)?$/.test(name)) {
    return /\.(?:example|sample|template|dist)$/.test(name) ? undefined : "environment file";
  }
  if (/^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/.test(name)) return "SSH private key";
  if (/\.(?:key|p12|pfx|jks|kdbx|keystore|ppk)$/i.test(name)) return "key file";
  if (/^(?:\.netrc|_netrc|\.pypirc|\.pgpass|\.git-credentials|credentials\.json|kubeconfig)$/.test(name)) {
    return "credentials file";
  }
  return /(?:^|\/)\.(?:aws|azure|kube|docker)\/(?:credentials|config(?:\.json)?|accessTokens\.json)$/.test(path)
    ? "credentials file"
    : undefined;
}

/** Lines of a text that look like credentials, at most ten. */
export function secretsInText(text: string): SecretFinding[] {
  const shapes = anyShape.test(text);
  const names = anyAssignment.test(text);
  if (!shapes && !names) return [];
  const findings: SecretFinding[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const what = secretInLine(line.replace(/\r$/, ""), shapes, names);
    if (what === undefined) continue;
    findings.push({ line: index + 1, what });
    if (findings.length === 10) break;
  }
  return findings;
}

function secretInLine(line: string, shapes: boolean, names: boolean): string | undefined {
  if (shapes) {
    const hit = shaped.find(({ expression }) => expression.test(line));
    if (hit) return hit.what;
  }
  // Long lines are data (notebook pictures, minified code), where a name beside a random text means nothing.
  if (!names || line.length > 2000) return undefined;
  const value = assignment.exec(line)?.[1];
  return value !== undefined && looksRandom(value) ? "secret in an assignment" : undefined;
}
