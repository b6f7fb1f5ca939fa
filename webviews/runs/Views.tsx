import { useId, useState } from "react";
import type { RunView } from "#contract/routes/runTable.ts";
import { Button } from "../shared/ui/Button.tsx";
import { l10n } from "../shared/l10n.ts";
import { isSaved, type View } from "./view.ts";

/** Saved views: chooses, saves, forgets. They are the engine's, so that every window has them. */
export function Views(props: {
  views: readonly RunView[];
  view: View;
  onChoose: (view: RunView | undefined) => void;
  onSave: (name: string) => void;
  onForget: (name: string) => void;
}) {
  const { views, view } = props;
  const [naming, setNaming] = useState<string>();
  const id = useId();
  const saved = views.find(({ name }) => name === view.name);
  const changed = saved !== undefined && !isSaved(view, saved);
  if (naming !== undefined) {
    const save = (): void => {
      if (naming.trim() === "") return;
      props.onSave(naming.trim());
      setNaming(undefined);
    };
    return (
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
        onKeyDown={(event) => event.key === "Escape" && setNaming(undefined)}
      >
        <label className="field" htmlFor={id}>
          {l10n.t("Name of the view")}
          <input
            id={id}
            type="text"
            maxLength={100}
            autoFocus
            value={naming}
            onChange={(event) => setNaming(event.target.value)}
          />
        </label>
        <Button primary onPress={save}>
          {views.some(({ name }) => name === naming.trim()) ? l10n.t("Replace") : l10n.t("Save")}
        </Button>
        <Button onPress={() => setNaming(undefined)}>{l10n.t("Cancel")}</Button>
      </form>
    );
  }
  return (
    <>
      <label className="field">
        <span>{l10n.t("View")}</span>
        <select
          value={saved?.name ?? ""}
          onChange={(event) => props.onChoose(views.find(({ name }) => name === event.target.value))}
        >
          <option value="">{l10n.t("All runs")}</option>
          {views.map(({ name }) => (
            <option key={name} value={name}>
              {name === saved?.name && changed ? l10n.t("{0} (changed)", name) : name}
            </option>
          ))}
        </select>
      </label>
      <Button onPress={() => setNaming(saved?.name ?? "")}>{l10n.t("Save view…")}</Button>
      {saved && <Button onPress={() => props.onForget(saved.name)}>{l10n.t("Delete view")}</Button>}
    </>
  );
}
