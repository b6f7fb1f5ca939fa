import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.ts";

/** The process: stdio in, stdio out. It knows files, and nothing of engines. */
startServer(createConnection(ProposedFeatures.all, process.stdin, process.stdout));
