/** What must not leave this machine, besides what has the shape of a secret. */
export interface Private {
  /** Variables of the environment: values of those with secret-like names are taken out wherever they stand. */
  environment: NodeJS.ProcessEnv;
  user: string;
  home: string;
  host: string;
}

const hidden = "[redacted]";
/** Shorter values are ordinary words as well: replacing them would make nonsense of the rest. */
const shortestValue = 6;

const secretName =
  /token|passw(?:or)?d|passphrase|secret|credential|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|connection[_-]?string|authorization|cookie|^sas$|[_-]sas$|^pat$|[_-]pat$/i;

/** Texts that are secrets by their look. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, `$1${hidden}@`],
  [
    /([?&;](?:sig|signature|token|access_token|key|code|password|x-amz-[a-z-]+|sv|se|sp|skoid)=)[^&\s"'<>]+/gi,
    `$1${hidden}`,
  ],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${hidden}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]+)?/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|hf_|sk-|xox[abprs]-|pypi-)[A-Za-z0-9_-]{10,}/g, hidden],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, hidden],
  [
    /((?:[\w-]*(?:token|passw(?:or)?d|passphrase|secret|credential|api[_-]?key|access[_-]?key|account[_-]?key|authorization)[\w-]*)["']?\s*[:=]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',;&}]+)/gi,
    `$1${hidden}`,
  ],
];

/** Takes secrets and names of the user and the machine out of texts and values. */
export class Redaction {
  readonly #literals: readonly (readonly [string, string])[];
  readonly #words: readonly (readonly [RegExp, string])[];

  constructor({ environment, user, home, host }: Private) {
    const values = Object.entries(environment).flatMap(([name, value]) =>
      secretName.test(name) && value !== undefined && value.length >= shortestValue ? [value] : [],
    );
    // A value may hold another one.
    values.sort((a, b) => b.length - a.length);
    this.#literals = [
      ...values.map((value) => [value, hidden] as const),
      ...(home.length > 1 ? [[home, "~"] as const] : []),
    ];
    this.#words = [
      ...(user.length > 0 ? [[word(user), "[user]"] as const] : []),
      ...(host.length > 0 ? [[word(host), "[host]"] as const] : []),
    ];
  }

  text(text: string): string {
    let clean = text;
    for (const [literal, instead] of this.#literals) clean = clean.replaceAll(literal, instead);
    for (const [shape, instead] of shapes) clean = clean.replace(shape, instead);
    for (const [name, instead] of this.#words) clean = clean.replace(name, instead);
    return clean;
  }

  /** The value with every text in it clean, and what stands under a secret-like key gone whole. */
  value(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        this.text(key),
        secretName.test(key) && item !== null && typeof item !== "boolean" ? hidden : this.value(item),
      ]),
    );
  }
}

/** A name as a whole word: `ann` is not a part of `annotation`. */
function word(name: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g");
}
