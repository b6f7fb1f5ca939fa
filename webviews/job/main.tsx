import { createRoot } from "react-dom/client";
import type { JobPanelEvent, JobPanelRequest } from "#contract/panels/job.ts";
import { connectHost } from "../shared/host/host.ts";
import "../shared/page.css";
import "./job.css";
import { JobPage } from "./JobPage.tsx";

const root = document.getElementById("root");
if (root) createRoot(root).render(<JobPage host={connectHost<JobPanelRequest, JobPanelEvent>(root)} />);
