import { createRoot } from "react-dom/client";
import type { ComparePanelEvent, ComparePanelRequest } from "#contract/panels/compare.ts";
import { connectHost } from "../shared/host/host.ts";
import "../shared/page.css";
import "./compare.css";
import { ComparePage } from "./ComparePage.tsx";

const root = document.getElementById("root");
if (root) createRoot(root).render(<ComparePage host={connectHost<ComparePanelRequest, ComparePanelEvent>(root)} />);
