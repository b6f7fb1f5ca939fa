import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { Button } from "../shared/ui/Button.tsx";
import { l10n, language } from "../shared/l10n.ts";
import { ColumnPanel } from "./ColumnPanel.tsx";
import { EmptyTable, Waiting } from "./EmptyTable.tsx";
import { FilterBox } from "./FilterBox.tsx";
import { Grid, type MenuPlace } from "./Grid.tsx";
import { Menu } from "./Menu.tsx";
import { menuItems } from "./menuItems.ts";
import { Narrowing } from "./Narrowing.tsx";
import type { RunsHost } from "./runsHost.ts";
import { SelectionBar } from "./SelectionBar.tsx";
import { nothing, type Selection } from "./selection.ts";
import { emptyState, reduce } from "./state.ts";
import { useView } from "./useView.ts";
import { fromSaved, sortedBy } from "./view.ts";
import { Views } from "./Views.tsx";

/** All runs of a workspace as one table. */
export function RunsPage({ host }: { host: RunsHost }) {
  const [state, dispatch] = useReducer(reduce, emptyState);
  const table = useView(host, state);
  const { view, setView, columns, layout, setQuery, setColumns } = table;
  const [choosing, setChoosing] = useState(false);
  const [menu, setMenu] = useState<MenuPlace>();
  const element = useRef<HTMLElement | null>(null);
  const counters = useRef({ search: 0, generation: 0 });
  const { query } = view;
  const known = state.shown?.known;

  useEffect(() => {
    const stop = host.listen(dispatch);
    host.send({ type: "ready" });
    return stop;
  }, [host]);
  useEffect(() => {
    host.send({ type: "search", search: ++counters.current.search, query });
  }, [host, query]);
  // The set of columns, whatever their order, is what the rows are asked with.
  const wanted = [...columns].sort().join("\n");
  const asked = useMemo(() => (wanted ? wanted.split("\n") : []), [wanted]);
  const cells = useMemo(() => new Map(asked.map((id, index) => [id, index])), [asked]);
  useEffect(() => {
    if (asked.length > 0) dispatch({ type: "columns", generation: ++counters.current.generation });
  }, [asked]);

  const onSelect = useCallback((selection: Selection) => dispatch({ type: "select", selection }), []);
  const onFilter = useCallback((filter: string) => setQuery({ filter }), [setQuery]);
  const onValues = useCallback(
    (column: string, prefix: string) => host.send({ type: "values", column, prefix }),
    [host],
  );
  const closeMenu = useCallback(() => {
    setMenu(undefined);
    element.current?.focus();
  }, [element]);
  const open = (id: number): void => {
    const row = state.rows.get(id);
    if (row) host.send({ type: "open", name: row.name });
  };
  const selected = [...state.selection.ids];

  if (!known) return <Waiting contact={state.contact} host={host} />;
  return (
    <main>
      <header className="top">
        <div className="row">
          <h1>{l10n.t("Runs")}</h1>
          <p className="count" role="status">
            {state.search === 0 ? l10n.t("Reading…") : countWords(state.ids.length, state.total)}
          </p>
          <span className="space" />
          <Views
            views={state.shown?.views ?? []}
            view={view}
            onChoose={(saved) =>
              setView((before) =>
                saved ? fromSaved(before, saved) : fromSaved({ ...before, name: "" }, { ...allRuns, columns: [] }),
              )
            }
            onSave={(name) => {
              setView((before) => ({ ...before, name, columns }));
              host.send({ type: "save-view", view: { name, query, columns: [...columns], pinned: view.pinned } });
            }}
            onForget={(name) => {
              setView((before) => ({ ...before, name: "" }));
              host.send({ type: "delete-view", name });
            }}
          />
          <Button onPress={() => setChoosing(!choosing)}>{l10n.t("Columns…")}</Button>
          <Button
            disabled={state.ids.length === 0}
            onPress={() => host.send({ type: "export", ids: [...state.ids], columns: [...columns] })}
          >
            {l10n.t("Export CSV")}
          </Button>
        </div>
        <div className="row narrowing">
          <FilterBox
            {...{ filter: query.filter, known, values: state.values, fault: state.fault, onFilter, onValues }}
          />
          <Narrowing query={query} experiments={known.experiments} onQuery={setQuery} />
        </div>
        {state.contact && (
          <div className="notice" role="alert">
            <span aria-hidden="true">⚠ </span>
            {state.contact.message}{" "}
            <Button onPress={() => host.send({ type: state.contact?.start ? "start-engine" : "ready" })}>
              {state.contact.start ? l10n.t("Start engine") : l10n.t("Try again")}
            </Button>
          </div>
        )}
        {state.notice && (
          <div className="notice" role="status">
            {state.notice.message}{" "}
            {state.notice.undo && (
              <Button
                primary
                onPress={() => {
                  dispatch({ type: "dismiss" });
                  host.send({ type: "undo" });
                }}
              >
                {l10n.t("Undo")}
              </Button>
            )}{" "}
            <Button onPress={() => dispatch({ type: "dismiss" })}>{l10n.t("Dismiss")}</Button>
          </div>
        )}
        <SelectionBar ids={selected} stage={query.stage} host={host} onClear={() => onSelect(nothing)} />
      </header>
      <div className="table">
        {state.search > 0 && state.ids.length === 0 ? (
          <EmptyTable
            query={query}
            fault={state.fault}
            host={host}
            onClear={() =>
              setView((before) => fromSaved({ ...before, name: "" }, { ...allRuns, columns: [...columns] }))
            }
          />
        ) : (
          <Grid
            {...{ state, layout, cells, asked, host, element, onSelect, onOpen: open, onMenu: setMenu }}
            order={query.order}
            onSort={(column, add) => setQuery({ order: sortedBy(query.order, column, add) })}
            onToggleGroup={table.toggleGroup}
            onMoveColumn={table.move}
            onDrop={table.drop}
            onResize={table.resize}
            onDelete={() => host.send({ type: "delete", ids: selected })}
          />
        )}
        {choosing && (
          <ColumnPanel
            {...{ known, columns, pinned: view.pinned, onColumns: setColumns }}
            onClose={() => {
              setChoosing(false);
              element.current?.focus();
            }}
          />
        )}
      </div>
      {menu && (
        <Menu
          label={menu.at.row < 0 ? l10n.t("Column") : l10n.t("Run")}
          {...{ x: menu.x, y: menu.y, onClose: closeMenu }}
          items={menuItems({ at: menu.at, state, table, cells, host, open })}
        />
      )}
    </main>
  );
}

const allRuns = {
  name: "",
  query: { filter: "", order: [], experiments: [], stage: "active" as const },
  pinned: 1,
};

function countWords(shown: number, total: number): string {
  const words = (count: number) => count.toLocaleString(language);
  if (shown < total) return l10n.t("the first {0} of {1}", words(shown), words(total));
  return total === 1 ? l10n.t("1 run") : l10n.t("{0} runs", words(total));
}
