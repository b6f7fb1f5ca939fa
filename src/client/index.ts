export { connect, type ConnectOptions, type SlipwayClient } from "./client.ts";
export type { ByteStream, CallOptions } from "./calls.ts";
export type { ContactState, EventListener } from "./events.ts";
