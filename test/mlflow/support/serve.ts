import { startTrackingServer, token } from "./trackingServer.ts";
const server = await startTrackingServer();
console.log(JSON.stringify({ uri: server.uri, token, home: server.home }));
process.on("SIGTERM", () => void server.close());
