import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { RunTableColumns } from "#contract/routes/runTable.ts";
import { TextButton } from "../shared/ui/TextButton.tsx";
import { l10n } from "../shared/l10n.ts";
import { completionAt, suggestions } from "./completion.ts";
import type { Fault, PageState } from "./state.ts";

/** What is typed is searched when the writer pauses for so long, in milliseconds. */
const pause = 450;
/** Shown while nothing is typed: the grammar is the same in every language. */
const example = "params.lr < 0.01 AND (status = 'Completed' OR tags.team IN ('vision', 'text'))";

/** The filter: a line with completion, and the place of what cannot be read in it. */
export function FilterBox(props: {
  filter: string;
  known: RunTableColumns;
  values: PageState["values"];
  fault: Fault | undefined;
  onFilter: (filter: string) => void;
  onValues: (column: string, prefix: string) => void;
}) {
  const { filter, onFilter, onValues, known, values, fault } = props;
  const [text, setText] = useState(filter);
  const [given, setGiven] = useState(filter);
  const [caret, setCaret] = useState(filter.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  /** Where the caret goes once an accepted word is in the line. */
  const placed = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (placed.current !== undefined) input.current?.setSelectionRange(placed.current, placed.current);
    placed.current = undefined;
  }, [text]);
  const id = useId();
  if (given !== filter) {
    // A view was chosen, or a condition was added from the table.
    setGiven(filter);
    setText(filter);
  }
  const at = useMemo(() => completionAt(text, caret), [text, caret]);
  const prefix = at.typed.replace(/^['"]/u, "");
  const there = values.column === at.column ? values.values : noValues;
  const items = useMemo(() => suggestions(at, known, there), [at, known, there]);
  useEffect(() => {
    if (open && at.expects === "value" && at.column && !at.column.startsWith("metrics.")) onValues(at.column, prefix);
  }, [open, at.expects, at.column, prefix, onValues]);
  useEffect(() => {
    if (text === filter) return undefined;
    const timer = setTimeout(() => onFilter(text), pause);
    return () => clearTimeout(timer);
  }, [text, filter, onFilter]);
  const accept = (index: number): void => {
    const item = items[index];
    if (!item) return;
    const spaced = /[(]$/u.test(item.text) ? "" : " ";
    const next = `${text.slice(0, at.from)}${item.text}${spaced}${text.slice(at.to).replace(/^\s/u, "")}`;
    const place = at.from + item.text.length + spaced.length;
    setText(next);
    setCaret(place);
    setChosen(-1);
    placed.current = place;
  };
  const choose = (by: number): void => {
    setOpen(true);
    if (items.length > 0) setChosen((chosen + by + items.length + (chosen < 0 && by < 0 ? 1 : 0)) % items.length);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === " " && event.ctrlKey) setOpen(true);
    else if ((event.key === "Enter" || event.key === "Tab") && open && chosen >= 0) accept(chosen);
    else if (event.key === "Enter") {
      setOpen(false);
      onFilter(text);
    } else if (event.key === "Escape" && open) setOpen(false);
    else return;
    event.preventDefault();
  };
  const read = (): void => {
    setCaret(input.current?.selectionStart ?? text.length);
    if (mirror.current) mirror.current.scrollLeft = input.current?.scrollLeft ?? 0;
  };
  const shownFault = fault && text === filter ? fault : undefined;
  const listOpen = open && items.length > 0;
  return (
    <div className="filter">
      <label htmlFor={id}>{l10n.t("Filter")}</label>
      <div className="filter-line">
        <div ref={mirror} className="mirror" aria-hidden="true">
          {shownFault && (
            <>
              {text.slice(0, shownFault.at)}
              <mark>{text.slice(shownFault.at, shownFault.end) || " "}</mark>
              {text.slice(shownFault.end)}
            </>
          )}
        </div>
        <input
          ref={input}
          id={id}
          type="text"
          spellCheck={false}
          autoComplete="off"
          placeholder={example}
          value={text}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={listOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={listOpen && chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-invalid={shownFault !== undefined}
          aria-describedby={shownFault ? `${id}-fault` : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setCaret(event.target.selectionStart ?? event.target.value.length);
            setChosen(-1);
            setOpen(true);
          }}
          onSelect={read}
          onScroll={read}
          onKeyDown={keys}
          onBlur={() => setOpen(false)}
        />
        {text && (
          <button
            type="button"
            className="clear"
            aria-label={l10n.t("Clear filter")}
            onClick={() => {
              setText("");
              onFilter("");
              input.current?.focus();
            }}
          >
            ✕
          </button>
        )}
        <ul
          id={`${id}-list`}
          role="listbox"
          aria-label={l10n.t("Suggestions")}
          className="suggestions"
          hidden={!listOpen}
        >
          {items.map((item, index) => (
            <li
              key={item.text}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              ref={index === chosen ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
              onMouseDown={(event) => {
                event.preventDefault();
                accept(index);
              }}
            >
              <span>{item.text}</span> <span className="quiet">{item.note}</span>
            </li>
          ))}
        </ul>
      </div>
      {shownFault && (
        <p id={`${id}-fault`} className="fault" role="alert">
          <span aria-hidden="true">⚠ </span>
          {shownFault.message.replace(/[^.]$/u, "$&.")} {l10n.t("The table shows the last filter that could be read.")}{" "}
          <TextButton
            onPress={() => {
              input.current?.focus();
              input.current?.setSelectionRange(shownFault.at, shownFault.end);
            }}
          >
            {l10n.t("Go to character {0}", shownFault.at + 1)}
          </TextButton>
        </p>
      )}
    </div>
  );
}

const noValues: readonly string[] = [];
