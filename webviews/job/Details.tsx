import type { Job } from "#contract/entities/job.ts";
import { Facts } from "../shared/ui/Facts.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { sizeWords } from "../shared/words.ts";
import type { JobHost } from "./jobHost.ts";

/** Code, command and environment: what one needs to do it again. */
export function Details({ job, host }: { job: Job; host: JobHost }) {
  const { git, snapshot } = job;
  const rows = [
    ...(job.description ? [{ name: "Description", value: job.description }] : []),
    ...(job.command ? [{ name: "Command", value: <pre tabIndex={0}>{job.command}</pre> }] : []),
    ...(job.code ? [{ name: "Code", value: <span className="mono">{job.code}</span> }] : []),
    ...(snapshot
      ? [
          {
            name: "Snapshot",
            value: `${snapshot.files} ${snapshot.files === 1 ? "file" : "files"}, ${sizeWords(snapshot.bytes)}, ${snapshot.digest.slice(0, 12)}`,
          },
        ]
      : []),
    ...(git?.commit
      ? [
          {
            name: "Git",
            value: `${git.branch ?? "detached"} ${git.commit.slice(0, 10)}${git.dirty ? ", with changes that are not committed" : ""}`,
          },
        ]
      : []),
    ...(job.environment ? [{ name: "Environment", value: job.environment }] : []),
    ...(job.environment_lock !== null
      ? [
          {
            name: "Lock",
            value: (
              <TextButton onPress={() => host.send({ type: "open-lock" })}>exact versions of all packages</TextButton>
            ),
          },
        ]
      : []),
    ...Object.entries(job.environment_variables).map(([name, value]) => ({ name, value })),
    ...(job.exit_code === null ? [] : [{ name: "Exit code", value: String(job.exit_code) }]),
    ...(job.attempt > 1 ? [{ name: "Attempt", value: String(job.attempt) }] : []),
    ...job.log_files.map((log) => ({
      name: "Log",
      value: (
        <span>
          <TextButton onPress={() => host.send({ type: "open-log", path: log.path })}>{log.path}</TextButton>{" "}
          {sizeWords(log.bytes)}
        </span>
      ),
    })),
  ];
  if (rows.length === 0) return null;
  const title = job.type === "base" ? "Details" : "Code and environment";
  return (
    <Section title={title}>
      <Facts caption={title} rows={rows} />
    </Section>
  );
}
