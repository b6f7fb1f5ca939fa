import { useId, useState } from "react";
import type { RunView } from "#contract/routes/runTable.ts";
import { Button } from "../shared/ui/Button.tsx";
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
          Name of the view
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
          {views.some(({ name }) => name === naming.trim()) ? "Replace" : "Save"}
        </Button>
        <Button onPress={() => setNaming(undefined)}>Cancel</Button>
      </form>
    );
  }
  return (
    <>
      <label className="field">
        <span>View</span>
        <select
          value={saved?.name ?? ""}
          onChange={(event) => props.onChoose(views.find(({ name }) => name === event.target.value))}
        >
          <option value="">All runs</option>
          {views.map(({ name }) => (
            <option key={name} value={name}>
              {name === saved?.name && changed ? `${name} (changed)` : name}
            </option>
          ))}
        </select>
      </label>
      <Button onPress={() => setNaming(saved?.name ?? "")}>Save view…</Button>
      {saved && <Button onPress={() => props.onForget(saved.name)}>Delete view</Button>}
    </>
  );
}
