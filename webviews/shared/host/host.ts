/** What VS Code gives to a page, and nothing else of VS Code is known here. */
interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** A page's way to the extension: requests out, numbered events in. */
export interface Host<Request, Event> {
  send(request: Request): void;
  /** Hears every event in order; an event that is older than one already heard is dropped. */
  listen(hear: (event: Event) => void): () => void;
  /** What the page keeps over a reload of the window. */
  remember(part: Record<string, unknown>): void;
  remembered(): Record<string, unknown>;
}

export function connectHost<Request, Event extends { seq: number }>(root: HTMLElement): Host<Request, Event> {
  const api = acquireVsCodeApi();
  const given = JSON.parse(root.dataset["state"] ?? "{}") as Record<string, unknown>;
  let state = { ...(api.getState() as Record<string, unknown> | undefined), ...given };
  api.setState(state);
  return {
    send: (request) => api.postMessage(request),
    listen(hear) {
      let last = 0;
      const receive = ({ data }: MessageEvent<Event>): void => {
        if (typeof data.seq !== "number" || data.seq <= last) return;
        last = data.seq;
        hear(data);
      };
      window.addEventListener("message", receive);
      return () => window.removeEventListener("message", receive);
    },
    remember(part) {
      state = { ...state, ...part };
      api.setState(state);
    },
    remembered: () => state,
  };
}
