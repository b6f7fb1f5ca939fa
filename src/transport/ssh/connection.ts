import type { Client, ClientChannel } from "ssh2";
import type { Clock } from "#base/clock.ts";
import type { HostSettings } from "./config/hostSettings.ts";
import { connectOver, type Connected, type Consent } from "./connect.ts";
import { isUnreachable, unreachable } from "./sshError.ts";

/** A host that did not answer is not asked again before this, doubled at each failure. */
const FIRST_WAIT_MS = 250;
const LAST_WAIT_MS = 10_000;
/** Channels at a time: hosts allow ten by default, and what ends a process needs one at any moment. */
const MOST_CHANNELS = 8;
/** A host that refuses a channel while none is open is asked again so often, each time later. */
const MOST_REFUSALS = 10;
const REFUSAL_WAIT_MS = 20;

interface ConnectionOptions {
  /** Read anew at each connection, so that a corrected file counts. */
  route: () => HostSettings[];
  consent: () => Consent;
  clock: Clock;
  /** Between 0 and 1; spreads the tries of many engines. */
  random: () => number;
}

/** Called with a channel before anything of it is told: whoever listens later may have missed its end. */
type Take<T> = (client: Client, channel: ClientChannel) => T;

/** The one connection to a host. It is made when something is asked for, and anew after it was lost. */
export class SshConnection {
  readonly #options: ConnectionOptions;
  #connected: Promise<Connected> | undefined;
  #failed: { failure: unknown; until: number } | undefined;
  #wait = FIRST_WAIT_MS;
  #closed = false;
  #open = 0;
  /** Fewer when the host allows fewer. */
  #most = MOST_CHANNELS;
  readonly #waiting: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Starts a command of the user's login shell on a channel. Waits when the host allows no more channels; `urgent` does not
   * wait for those that were asked for before. Throws what {@link connectOver} throws.
   */
  async exec<T>(command: string, take: Take<T>, urgent = false): Promise<T> {
    for (let refusals = 1; ; refusals++) {
      const release = urgent ? (): void => this.#wake() : await this.#turn();
      try {
        const { client } = await this.#client();
        const taken = await tryExec(client, command, (channel) => {
          channel.once("close", release);
          client.once("close", release);
          return take(client, channel);
        }).catch((failure: unknown) => {
          throw this.#explained(failure);
        });
        if (taken !== undefined) return taken.value;
      } catch (failure) {
        release();
        throw failure;
      }
      // The host allows no more at a time: one that ends makes room.
      if (!urgent) release();
      if (this.#open === 0) {
        if (refusals > MOST_REFUSALS) throw this.#explained(new Error("it opens no channel"));
        // The host may count channels that have just been closed here.
        await new Promise<void>((resolve) => this.#options.clock.after(REFUSAL_WAIT_MS * refusals, resolve));
        continue;
      }
      if (!urgent) this.#most = this.#open;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): void {
    this.#closed = true;
    void this.#connected?.then(
      (connected) => connected.end(),
      () => undefined,
    );
  }

  /** Waits for a place; the returned function gives it back, once. */
  async #turn(): Promise<() => void> {
    while (this.#open >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#open--;
      this.#wake();
    };
  }

  /** Everybody who waits looks again. */
  #wake(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  async #client(): Promise<Connected> {
    if (this.#closed) throw unreachable(this.#name, "the connection was closed");
    if (this.#connected === undefined) {
      const made = this.#connect();
      this.#connected = made;
      const forget = (): void => {
        if (this.#connected === made) this.#connected = undefined;
      };
      made.then(({ client }) => client.once("close", forget), forget);
    }
    return this.#connected;
  }

  async #connect(): Promise<Connected> {
    const { clock, route, consent, random } = this.#options;
    const failed = this.#failed;
    if (failed !== undefined && clock.monotonic() < failed.until) {
      throw failed.failure;
    }
    try {
      const connected = await connectOver(route(), consent());
      this.#failed = undefined;
      this.#wait = FIRST_WAIT_MS;
      this.#most = MOST_CHANNELS;
      connected.client.setMaxListeners(0); // one for each channel
      connected.client.once("close", () => connected.end());
      if (this.#closed) connected.end();
      return connected;
    } catch (failure) {
      const wait = this.#wait * (0.5 + random() / 2);
      // What a person has to mend is not tried again and again: hosts shut those out who fail too often.
      this.#failed = { failure, until: clock.monotonic() + (isUnreachable(failure) ? wait : LAST_WAIT_MS) };
      this.#wait = Math.min(this.#wait * 2, LAST_WAIT_MS);
      throw failure;
    }
  }

  get #name(): string {
    return this.#options.route().at(-1)?.alias ?? "";
  }

  #explained(failure: unknown): Error {
    return unreachable(this.#name, failure instanceof Error ? failure.message : String(failure), failure);
  }
}

/** A channel with the command running; undefined when the host allows no further channel at the moment. */
function tryExec<T>(
  client: Client,
  command: string,
  take: (channel: ClientChannel) => T,
): Promise<{ value: T } | undefined> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new Error("the connection was lost"));
    client.once("close", onClose);
    const settled = (): void => void client.removeListener("close", onClose);
    try {
      client.exec(command, (failure, channel) => {
        settled();
        if (failure === undefined || failure === null) resolve({ value: take(channel) });
        else if (/channel open failure|unable to exec/i.test(failure.message)) resolve(undefined);
        else reject(failure);
      });
    } catch (failure) {
      settled();
      reject(failure as Error);
    }
  });
}
