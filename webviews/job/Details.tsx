import type { Job } from "#contract/entities/job.ts";
import { Facts } from "../shared/ui/Facts.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { sizeWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

/** Code, command and environment: what one needs to do it again. */
export function Details({ job, host }: { job: Job; host: JobHost }) {
  const { git, snapshot } = job;
  const rows = [
    ...(job.description ? [{ name: l10n.t("Description"), value: job.description }] : []),
    ...(job.command ? [{ name: l10n.t("Command"), value: <pre tabIndex={0}>{job.command}</pre> }] : []),
    ...(job.code ? [{ name: l10n.t("Code"), value: <span className="mono">{job.code}</span> }] : []),
    ...(snapshot
      ? [
          {
            name: l10n.t("Snapshot"),
            value: [
              snapshot.files === 1 ? l10n.t("1 file") : l10n.t("{0} files", snapshot.files),
              sizeWords(snapshot.bytes),
              snapshot.digest.slice(0, 12),
            ].join(", "),
          },
        ]
      : []),
    ...(git?.commit
      ? [
          {
            name: "Git",
            value: [
              `${git.branch ?? l10n.t("detached")} ${git.commit.slice(0, 10)}`,
              ...(git.dirty ? [l10n.t("with changes that are not committed")] : []),
            ].join(", "),
          },
        ]
      : []),
    ...(job.environment ? [{ name: l10n.t("Environment"), value: job.environment }] : []),
    ...(job.environment_lock !== null
      ? [
          {
            name: l10n.t("Lock"),
            value: (
              <TextButton onPress={() => host.send({ type: "open-lock" })}>
                {l10n.t("exact versions of all packages")}
              </TextButton>
            ),
          },
        ]
      : []),
    ...Object.entries(job.environment_variables).map(([name, value]) => ({ name, value })),
    ...(job.exit_code === null ? [] : [{ name: l10n.t("Exit code"), value: String(job.exit_code) }]),
    ...(job.attempt > 1 ? [{ name: l10n.t("Attempt"), value: String(job.attempt) }] : []),
    ...job.log_files.map((log) => ({
      name: l10n.t("Log"),
      value: (
        <span>
          <TextButton onPress={() => host.send({ type: "open-log", path: log.path })}>{log.path}</TextButton>{" "}
          {sizeWords(log.bytes)}
        </span>
      ),
    })),
  ];
  if (rows.length === 0) return null;
  const title = job.type === "base" ? l10n.t("Details") : l10n.t("Code and environment");
  return (
    <Section title={title}>
      <Facts caption={title} rows={rows} />
    </Section>
  );
}
