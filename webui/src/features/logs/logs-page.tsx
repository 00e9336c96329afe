/** The log of the process, newest at the end. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type Ref, useEffect, useMemo, useRef, useState } from "react";

import { get } from "../../api/client";
import type { LogLine, Logs } from "../../api/schema.gen";
import { t } from "../../messages";
import { formatClock, formatCount } from "../../numbers/format";

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
const EVERY_MS = 1000;
const MOST_LINES = 10_000;
const LINE_PX = 18;

export function LogsPage() {
  const { lines, dropped } = useLog();
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("INFO");
  const [filter, setFilter] = useState("");
  const [follows, setFollows] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const least = LEVELS.indexOf(level);
    const wanted = filter.toLowerCase();
    return lines.filter(
      (line) => LEVELS.indexOf(line[2]) >= least && line[4].toLowerCase().includes(wanted),
    );
  }, [lines, level, filter]);
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => LINE_PX * (shown[index]?.[4].split("\n").length ?? 1),
    getItemKey: (index) => shown[index]?.[0] ?? index,
    overscan: 20,
  });
  useEffect(() => {
    if (follows && shown.length > 0) virtual.scrollToIndex(shown.length - 1, { align: "end" });
  }, [follows, shown, virtual]);
  return (
    <div className="logs">
      <div className="toolbar">
        <label>
          {t("logs.level")}{" "}
          <select value={level} onChange={(event) => setLevel(levelOf(event.target.value))}>
            {LEVELS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          <span className="hidden">{t("logs.filter")}</span>
          <input
            type="search"
            placeholder={t("logs.filter")}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            role="switch"
            checked={follows}
            onChange={(event) => setFollows(event.target.checked)}
          />{" "}
          {t("logs.follow")}
        </label>
        {dropped > 0 && (
          <span className="flaw">{t("logs.dropped", { count: formatCount(dropped) })}</span>
        )}
      </div>
      <div
        className="scroller log"
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t("app.page-logs")}
        onWheel={(event) => event.deltaY < 0 && setFollows(false)}
      >
        <div className="rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = shown[item.index];
            return line ? (
              <Line
                key={item.key}
                ref={virtual.measureElement}
                line={line}
                index={item.index}
                top={item.start}
              />
            ) : null;
          })}
        </div>
        {shown.length === 0 && <p className="empty">{t("logs.none")}</p>}
      </div>
    </div>
  );
}

interface LineProps {
  line: LogLine;
  index: number;
  top: number;
  /** Measures the line, which may be a traceback. */
  ref: Ref<HTMLDivElement>;
}

function Line({ line: [, wallS, level, logger, text], index, top, ref }: LineProps) {
  return (
    <div
      className="log-line"
      ref={ref}
      data-index={index}
      data-level={level}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="muted">{formatClock(wallS)}</span> <b>{level}</b>{" "}
      <span className="muted">{logger}</span> <bdi>{text}</bdi>
    </div>
  );
}

function levelOf(text: string): (typeof LEVELS)[number] {
  return LEVELS.find((level) => level === text) ?? "INFO";
}

/** All lines since the page was opened, and the last thousand before. */
function useLog(): { lines: readonly LogLine[]; dropped: number } {
  const [log, setLog] = useState<{ lines: LogLine[]; dropped: number }>({ lines: [], dropped: 0 });
  const after = useRef(-1);
  useEffect(() => {
    const load = async () => {
      try {
        const fresh = await get<Logs>(`logs?after=${after.current}`);
        after.current = fresh.next;
        if (fresh.lines.length === 0 && fresh.dropped === 0) return;
        setLog(({ lines, dropped }) => ({
          lines: [...lines, ...fresh.lines].slice(-MOST_LINES),
          dropped: dropped + fresh.dropped,
        }));
      } catch {
        // The banner says that the server is lost.
      }
    };
    void load();
    const timer = setInterval(() => void load(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return log;
}
