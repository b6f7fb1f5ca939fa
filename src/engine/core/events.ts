import type { EngineEvent } from "#contract/events.ts";

/** Where the engine's parts tell what has changed. Publishing never waits and never fails. */
export interface EventBus {
  publish(event: EngineEvent): void;
}
