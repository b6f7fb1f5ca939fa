import { readFileSync } from "node:fs";
import type { AnyAuthMethod, AuthenticationType, NextAuthHandler, Prompt } from "ssh2";
import ssh2 from "ssh2";
import { CodedError } from "#base/errors.ts";
import type { HostSettings } from "../config/hostSettings.ts";
import { ListedKeysAgent } from "./listedKeysAgent.ts";
import { secretNeeded, type Question } from "./secretNeeded.ts";

const { utils } = ssh2;

interface Step {
  /** For the message when nothing was accepted. */
  shown: string;
  method: AnyAuthMethod;
}

/**
 * How one login goes: keys that were named, the agent's, the usual ones, then what a person has to answer. Answers are taken
 * from `answers`; a question without one is remembered and becomes the error.
 */
export class Login {
  readonly #host: HostSettings;
  readonly #answers: ReadonlyMap<string, string>;
  readonly #steps: Step[];
  readonly #tried: string[] = [];
  /** Keys that could not be read, and questions that nobody has answered, in the order of the login. */
  readonly #faults: string[] = [];
  readonly #open: { of: AuthenticationType; question: Question }[] = [];
  #offered: readonly AuthenticationType[] = [];

  constructor(host: HostSettings, answers: ReadonlyMap<string, string>) {
    this.#host = host;
    this.#answers = answers;
    const files = host.identityFiles.flatMap((file) => this.#keyStep(file));
    const agent = this.#agentStep();
    const keys = host.namesIdentities ? [...files, ...agent] : [...agent, ...files];
    this.#steps = [...keys, this.#interactiveStep(), ...this.#passwordStep()];
  }

  /** ssh2 asks for the next way to log in; `left` is what the host accepts, unknown before the first answer. */
  readonly next = (left: AuthenticationType[] | null, _partial: boolean | null, give: NextAuthHandler): void => {
    if (left !== null) this.#offered = left;
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      const type = step.method.type === "agent" ? "publickey" : step.method.type;
      if (left !== null && !left.includes(type)) continue;
      if (step.shown !== "") this.#tried.push(step.shown);
      give(step.method);
      return;
    }
    // The types of ssh2 leave out how one says that there is no further way.
    (give as unknown as (method: false) => void)(false);
  };

  /** Why nobody was let in: a question to a person, else what was tried. */
  failure(): CodedError {
    const { user, hostname } = this.#host;
    const open = this.#open.find(({ of }) => this.#offered.includes(of));
    if (open !== undefined) return secretNeeded(`${user}@${hostname}`, open.question);
    const tried = this.#tried.length === 0 ? "there was no key to try" : `tried ${this.#tried.join(", ")}`;
    const faults = this.#faults.length === 0 ? "" : `; ${this.#faults.join("; ")}`;
    return new CodedError({
      code: "login-refused",
      status: 403,
      message: `${hostname} does not let ${user} in: ${tried}${faults}. It accepts ${this.#offered.join(", ") || "nothing that was tried"}.`,
      next: `Name another user or key, or put the public key into ~${user}/.ssh/authorized_keys on ${hostname}.`,
    });
  }

  #keyStep(file: string): Step[] {
    const { user } = this.#host;
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch {
      if (this.#host.namesIdentities) this.#faults.push(`${file} cannot be read`);
      return [];
    }
    const id = `passphrase ${file}`;
    const passphrase = this.#answers.get(id);
    const key = utils.parseKey(bytes, passphrase);
    if (!(key instanceof Error)) {
      return [
        {
          shown: `the key ${file}`,
          method: {
            type: "publickey",
            username: user,
            key: bytes,
            ...(passphrase === undefined ? {} : { passphrase }),
          },
        },
      ];
    }
    if (/encrypted|passphrase/i.test(key.message)) {
      const again = passphrase === undefined ? "" : " (the one before was wrong)";
      this.#open.push({ of: "publickey", question: { id, prompt: `Passphrase of ${file}${again}`, echo: false } });
    } else this.#faults.push(`${file} is no private key (${key.message})`);
    return [];
  }

  #agentStep(): Step[] {
    const { agent, user, identitiesOnly, identityFiles } = this.#host;
    if (agent === undefined || agent === "") return [];
    const keys = identitiesOnly ? new ListedKeysAgent(agent, identityFiles) : agent;
    return [{ shown: "the agent's keys", method: { type: "agent", username: user, agent: keys } }];
  }

  #interactiveStep(): Step {
    const { user } = this.#host;
    const prompt = (
      _name: string,
      _instructions: string,
      _language: string,
      prompts: Prompt[],
      finish: (answers: string[]) => void,
    ): void => finish(prompts.map((one) => this.#answer("keyboard-interactive", one)));
    return { shown: "", method: { type: "keyboard-interactive", username: user, prompt } };
  }

  #passwordStep(): Step[] {
    const { user, hostname } = this.#host;
    const id = `password ${user}@${hostname}`;
    const password = this.#answers.get(id);
    if (password !== undefined)
      return [{ shown: "the password", method: { type: "password", username: user, password } }];
    this.#open.push({ of: "password", question: { id, prompt: `Password of ${user}@${hostname}`, echo: false } });
    return [];
  }

  #answer(of: AuthenticationType, { prompt, echo }: Prompt): string {
    const { user, hostname } = this.#host;
    const words = printable(prompt);
    const id = `${user}@${hostname} ${words}`;
    const known = this.#answers.get(id);
    if (known === undefined) this.#open.unshift({ of, question: { id, prompt: words, echo: echo ?? false } });
    return known ?? "";
  }
}

/** The host's own words, without what would move a terminal's cursor. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, " ")
    .trim()
    .slice(0, 200);
}
