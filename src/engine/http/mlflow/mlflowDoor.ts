import { once } from "node:events";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { Disposable } from "#base/disposable.ts";
import type { EventBus } from "../../core/events.ts";
import type { Queries } from "../../store/queries.ts";
import type { Store } from "../../store/store.ts";
import { fromPlain, toPlain, type Answer, type Call } from "../../store/wire.ts";
import type { DoorNotice, DoorOptions, DoorOrder } from "./doorWire.ts";

/** Beside this module as source, and under `http/mlflow/` beside the bundle. */
const module = import.meta.url.endsWith(".ts")
  ? new URL("./doorWorker.ts", import.meta.url)
  : new URL("./http/mlflow/doorWorker.js", import.meta.url);

/** The engine's side of the door for MLflow clients, which is put up in the writer's thread (doorWorker.ts). */
export class MlflowDoor implements Disposable {
  readonly #port: MessagePort;
  readonly #gone: Promise<unknown>;
  /** The TCP port on which it listens. */
  readonly port: number;

  private constructor(options: { port: MessagePort; gone: Promise<unknown>; listening: number }) {
    this.#port = options.port;
    this.#gone = options.gone;
    this.port = options.listening;
  }

  /** Puts the door up. Rejects when no port can be had. */
  static async open(
    options: DoorOptions & {
      store: Store;
      bus: EventBus;
      log: (line: string) => void;
      /** Somebody has called: told at most once a second. */
      onCalled: () => void;
    },
  ): Promise<MlflowDoor> {
    const { store, bus, log, onCalled, ...doorOptions } = options;
    const { port1: port, port2 } = new MessageChannel();
    const gone = once(port, "close");
    const listening = new Promise<number>((resolve, reject) => {
      const gives: { [K in DoorNotice["kind"]]: (notice: DoorNotice & { kind: K }) => void } = {
        listening: (notice) => resolve(notice.port),
        failed: (notice) => reject(fromPlain(notice.error)),
        event: (notice) => bus.publish(notice.event),
        log: (notice) => log(notice.line),
        called: onCalled,
        read: (notice) => void answer(store, notice.call).then((sent) => port.postMessage(sent)),
      };
      port.on("message", (notice: DoorNotice) => (gives[notice.kind] as (notice: DoorNotice) => void)(notice));
      void gone.then(() => reject(new Error("The writer's thread has ended.")));
    });
    store.invite({ module, options: doorOptions, port: port2 });
    return new MlflowDoor({ port, gone, listening: await listening });
  }

  async dispose(): Promise<void> {
    this.#port.postMessage({ kind: "close" } satisfies DoorOrder);
    await this.#gone;
  }
}

async function answer(store: Store, call: Call): Promise<DoorOrder> {
  const settled: Answer = await store.read(call.name as keyof Queries & string, call.args as never).then(
    (value: unknown) => ({ id: call.id, ok: true, value }),
    (thrown: unknown) => ({ id: call.id, ok: false, error: toPlain(thrown) }),
  );
  return { kind: "answer", answer: settled };
}
