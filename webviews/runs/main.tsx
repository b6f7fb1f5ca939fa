import { createRoot } from "react-dom/client";
import type { RunsPanelEvent, RunsPanelRequest } from "#contract/panels/runs.ts";
import { connectHost } from "../shared/host/host.ts";
import "../shared/page.css";
import "./runs.css";
import { RunsPage } from "./RunsPage.tsx";

const root = document.getElementById("root");
if (root) createRoot(root).render(<RunsPage host={connectHost<RunsPanelRequest, RunsPanelEvent>(root)} />);
