/** All endpoints: since the start of the run and over the last ten seconds, side by side. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";

import { isKnown } from "../../api/client";
import { isFiled, live, useLive, useTick } from "../../api/queries";
import type { Row } from "../../api/schema.gen";
import { CsvLink } from "../../components/csv-link";
import { SortHeader } from "../../components/sort-header";
import { t } from "../../messages";
import { formatCount } from "../../numbers/format";
import { ColumnPicker, useColumns } from "./column-picker";
import { type Column, type Sort, sorted, widthOf } from "./columns";
import { matcher } from "./filter";
import { RequestRow } from "./request-row";
import { RowDrawer } from "./row-drawer";
import { Trends } from "./trends";
import { useRowHeight } from "./use-row-height";

const VIEW_AFTER_MS = 120;

export function RequestsPage() {
  const [sort, setSort] = useState<Sort>({ key: "requests", isDescending: true });
  const [filter, setFilter] = useState("");
  const [openId, setOpenId] = useState<number | null>(null);
  const [columns, toggle] = useColumns();
  const test = useMemo(() => matcher(filter), [filter]);
  const wrong = "wrong" in test ? test.wrong : "";
  const table = useRows(sort, wrong ? "" : filter);
  const total = useLive((state) => state.total);
  const isLost = useLive((state) => state.connection === "lost");
  const status = useLive((state) => state.status);
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = useRowHeight(columns.length);
  // The compiler cannot see that the virtualizer's functions change with the scroll position.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: table.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    // A report is printed, too, and then all rows have to be there.
    overscan: isFiled() ? table.count : 8,
  });
  useEffect(() => virtual.measure(), [virtual, rowPx]);
  const items = virtual.getVirtualItems();
  const firstShown = items[0]?.index ?? 0;
  useView(sort, wrong ? "" : filter, firstShown);
  const onSort = (key: string) =>
    setSort({ key, isDescending: sort.key === key ? !sort.isDescending : key !== "name" });
  return (
    <div className="requests" data-lost={isLost}>
      <FilterBar filter={filter} onFilter={setFilter} wrong={wrong}>
        <span className="muted">
          {table.count === table.all
            ? t("requests.count", { count: formatCount(table.all) })
            : t("requests.count-of", {
                count: formatCount(table.count),
                all: formatCount(table.all),
              })}
        </span>
        <ColumnPicker columns={columns} onToggle={toggle} />
        {!isFiled() && <CsvLink path="stats/requests/csv" />}
      </FilterBar>
      <div
        className="scroller"
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={t("app.page-requests")}
      >
        <div
          role="table"
          aria-rowcount={table.count + 2}
          className="grid-table"
          style={gridOf(columns, total)}
        >
          <Heads columns={columns} sort={sort} onSort={onSort} />
          {total && <RequestRow row={total} name={null} columns={columns} trend={[]} />}
          <div className="rows" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = table.at(item.index);
              return row ? (
                <RequestRow
                  key={row[0]}
                  row={row}
                  name={live.names.get(row[0]) ?? null}
                  columns={columns}
                  trend={table.trends.of(row[0])}
                  top={item.start}
                  onOpen={isKnown(`endpoints/${row[0]}`) ? () => setOpenId(row[0]) : undefined}
                />
              ) : null;
            })}
          </div>
        </div>
        {table.count === 0 && (
          <p className="empty">{emptyText(status?.users, status?.run, filter)}</p>
        )}
      </div>
      {openId !== null && <RowDrawer id={openId} onClose={() => setOpenId(null)} />}
    </div>
  );
}

function emptyText(users = 0, run = 0, filter = ""): string {
  if (run === 0) return t("requests.no-run");
  if (filter) return t("requests.none-pass");
  return t("requests.empty", { users: formatCount(users) });
}

function gridOf(columns: readonly Column[], total: Row | null): Record<string, string> {
  const numbers = columns.map((column) => `minmax(${widthOf(column, total)}rem, 1fr)`).join(" ");
  return { "--columns": `4.2rem minmax(12rem, 4fr) ${numbers} ${isFiled() ? "" : "5rem"}` };
}

/** The rows that pass, in order; computed once a tick, and only the visible ones are rendered. */
function useRows(sort: Sort, filter: string) {
  const [tick, setTick] = useState(0);
  const [trends] = useState(() => new Trends());
  const serverSorts = useLive((state) => state.serverSorts);
  const rowCount = useLive((state) => state.rowCount);
  const firstRow = useLive((state) => state.firstRow);
  const run = useLive((state) => state.status?.run);
  useEffect(() => trends.clear(), [trends, run]);
  useTick(() => {
    trends.take(live.state.serverSorts ? live.visibleRows : live.rows.values());
    setTick((count) => count + 1);
  });
  return useMemo(() => {
    if (serverSorts) {
      const at = (index: number): Row | undefined => live.visibleRows[index - firstRow];
      return { count: rowCount, all: rowCount, at, trends, tick };
    }
    const test = matcher(filter);
    const rows = [...live.rows.values()].filter((row) => {
      const name = live.names.get(row[0]);
      return name && "passes" in test && test.passes(name, row);
    });
    const ordered = sorted(rows, live.names, sort);
    const at = (index: number): Row | undefined => ordered[index];
    return { count: ordered.length, all: live.rows.size, at, trends, tick };
  }, [sort, filter, serverSorts, rowCount, firstRow, trends, tick]);
}

/** Tell the server which rows are looked at, where it sorts. */
function useView(sort: Sort, filter: string, firstShown: number): void {
  const first = Math.max(0, firstShown - 30);
  useEffect(() => {
    const field = sort.key === "fail_share" ? "failures" : sort.key;
    const timer = setTimeout(
      () => live.setView({ sort: field, descending: sort.isDescending, filter, first, count: 120 }),
      VIEW_AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [sort, filter, first]);
}

function FilterBar(props: {
  filter: string;
  wrong: string;
  onFilter: (filter: string) => void;
  children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = () => input.current?.focus();
    window.addEventListener("focus-filter", focus);
    return () => window.removeEventListener("focus-filter", focus);
  }, []);
  return (
    <div className="toolbar">
      <label className="field">
        <span className="hidden">{t("requests.filter")}</span>
        <input
          ref={input}
          type="search"
          placeholder={t("requests.filter")}
          aria-describedby="filter-hint"
          aria-invalid={props.wrong !== ""}
          value={props.filter}
          onChange={(event) => props.onFilter(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && input.current?.blur()}
        />
        <small id="filter-hint" className={props.wrong ? "flaw" : "muted"}>
          {props.wrong && `${t("requests.filter-wrong", { part: props.wrong })} `}
          {t("requests.filter-hint")}
        </small>
      </label>
      {props.children}
    </div>
  );
}

function Heads(props: { columns: readonly Column[]; sort: Sort; onSort: (key: string) => void }) {
  const orderOf = (key: string) =>
    props.sort.key !== key ? "none" : props.sort.isDescending ? "descending" : "ascending";
  const head = (key: string, label: string, title?: string, isNumber = false) => (
    <SortHeader
      key={key}
      label={label}
      title={title}
      order={orderOf(key)}
      isNumber={isNumber}
      onSort={() => props.onSort(key)}
    />
  );
  const groups = (["since-start", "last-10s"] as const).map((group) => ({
    group,
    width: props.columns.filter((column) => column.group === group).length,
  }));
  return (
    <div role="rowgroup" className="heads">
      <div className="grid-row groups" aria-hidden="true">
        <span className="group-gap" />
        {groups.map(({ group, width }) =>
          width > 0 ? (
            <span key={group} className="group" style={{ gridColumn: `span ${width}` }}>
              {t(`requests.${group}`)}
            </span>
          ) : null,
        )}
      </div>
      <div role="row" className="grid-row head">
        {head("method", t("column.method"))}
        {head("name", t("column.name"))}
        {props.columns.map((column) =>
          head(
            column.key,
            t(column.label),
            `${t(column.label)}, ${t(`requests.${column.group}`)}`,
            true,
          ),
        )}
        {!isFiled() && (
          <span role="columnheader" className="cell">
            {t("column.trend")}
          </span>
        )}
      </div>
    </div>
  );
}
