import { createRoot } from "react-dom/client";
import type { ClonePanelEvent, ClonePanelRequest } from "#contract/panels/clone.ts";
import { connectHost } from "../shared/host/host.ts";
import "../shared/page.css";
import "./clone.css";
import { ClonePage } from "./ClonePage.tsx";

const root = document.getElementById("root");
if (root) createRoot(root).render(<ClonePage host={connectHost<ClonePanelRequest, ClonePanelEvent>(root)} />);
