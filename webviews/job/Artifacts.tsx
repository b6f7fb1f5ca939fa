import type { FileEntry } from "#contract/routes/jobs.ts";
import { Facts } from "../shared/ui/Facts.tsx";
import { Section } from "../shared/ui/Section.tsx";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { sizeWords } from "../shared/words.ts";
import { l10n } from "../shared/l10n.ts";
import type { JobHost } from "./jobHost.ts";

const most = 50;

/** The nearest files of a run; each opens in an editor. */
export function Artifacts({ files, host }: { files: readonly FileEntry[]; host: JobHost }) {
  const rows = files.slice(0, most).map(({ path, bytes }) => ({
    name: path,
    value: (
      <span>
        <TextButton title={l10n.t("Open {0}", path)} onPress={() => host.send({ type: "open-artifact", path })}>
          {l10n.t("open")}
        </TextButton>{" "}
        {sizeWords(bytes)}
      </span>
    ),
  }));
  return (
    <Section title={l10n.t("Artifacts")}>
      {rows.length > 0 ? (
        <Facts caption={l10n.t("Artifacts")} rows={rows} />
      ) : (
        <p className="quiet">{l10n.t("None logged.")}</p>
      )}
      {files.length > most && <p className="quiet">{l10n.t("More are under Artifacts in the Jobs view.")}</p>}
    </Section>
  );
}
