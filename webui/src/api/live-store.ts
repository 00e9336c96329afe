/**
 * What the page knows of the run, kept outside React.
 *
 * Ticks come as server-sent events, or by polling where these do not get through. Small facts are in
 * `state`, which is replaced when they change; rows, names and points are changed in place, and only
 * `onTick` tells of them, so that a tick renders nothing by itself.
 */

import { PointSeries } from "../numbers/time-series";
import { get, openSession, post } from "./client";
import type {
  Annotation,
  Health,
  Hello,
  History,
  LoadPlan,
  Name,
  Poll,
  Report,
  Row,
  Rows,
  RunStatus,
  Session,
  Tick,
  View,
  WorkersCount,
} from "./schema.gen";

export interface LiveState {
  /** `filed`: all is from a report, and nothing changes any more. */
  connection: "connecting" | "live" | "lost" | "polling" | "filed";
  lostSinceMs: number | null;
  session: Session | null;
  plan: LoadPlan | null;
  status: RunStatus | null;
  health: Health | null;
  /** Null where the users are in the process itself. */
  workers: WorkersCount | null;
  total: Row | null;
  annotations: Annotation[];
  rowCount: number;
  firstRow: number;
  serverSorts: boolean;
  failureKinds: number;
  exceptions: number;
  warnings: number;
  tickId: string | null;
  wallS: number;
}

export type RowView = Omit<View, "stream">;

const NOTHING: LiveState = {
  connection: "connecting",
  lostSinceMs: null,
  session: null,
  plan: null,
  status: null,
  health: null,
  workers: null,
  total: null,
  annotations: [],
  rowCount: 0,
  firstRow: 0,
  serverSorts: false,
  failureKinds: 0,
  exceptions: 0,
  warnings: 0,
  tickId: null,
  wallS: 0,
};

const RETRY_MS = [1000, 2000, 3000, 5000];
const FAILURES_BEFORE_POLLING = 3;
const POLL_MS = 1000;
const SILENCE_MS = 12_000; // the server says something every 5 s

export class LiveStore {
  state: LiveState = NOTHING;
  readonly names = new Map<number, Name>();
  readonly rows = new Map<number, Row>();
  readonly points = new PointSeries();
  visibleRows: Row[] = [];

  readonly #stateListeners = new Set<() => void>();
  readonly #tickListeners = new Set<() => void>();
  #stream = "";
  #view: RowView | null = null;
  #source: EventSource | null = null;
  #failures = 0;
  #lastWordMs = 0;

  constructor(
    private readonly makeSource: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  /** Connect, and stay connected for as long as the page lives. */
  start(): void {
    void this.#connect();
    setInterval(() => this.#watch(), 1000);
  }

  /** Show a run from a file, in place of `start`. */
  show(report: Report): void {
    this.#takeNames(report.names);
    for (const row of report.rows) this.rows.set(row[0], row);
    this.points.replace(report.history.points);
    this.#change({
      connection: "filed",
      status: report.status,
      health: report.health,
      workers: report.workers_count,
      total: report.total,
      annotations: report.history.annotations,
      rowCount: report.rows.length,
      failureKinds: report.failures.total,
      exceptions: report.exceptions.exceptions.length,
      wallS: report.made_wall_s,
    });
  }

  subscribe = (listener: () => void): (() => void) => subscribe(this.#stateListeners, listener);
  onTick = (listener: () => void): (() => void) => subscribe(this.#tickListeners, listener);

  /** Take over what a POST answered, before the next tick says it too. */
  takeStatus(status: RunStatus): void {
    this.#change({ status });
  }

  /** Say which rows are looked at; where the server sorts, they come at once. */
  setView(view: RowView): void {
    this.#view = view;
    if (this.state.serverSorts && this.#stream) void this.#look();
  }

  async #look(): Promise<void> {
    if (!this.#view) return;
    try {
      const rows = await post<Rows>("view", { ...this.#view, stream: this.#stream });
      this.#takeNames(rows.names);
      this.visibleRows = rows.rows;
      this.#change({ rowCount: rows.row_count, firstRow: rows.first_row });
      for (const listener of [...this.#tickListeners]) listener();
    } catch {
      // The next tick, or the page's own check of the filter, says what is wrong.
    }
  }

  async #connect(): Promise<void> {
    try {
      const session = await openSession();
      this.#change({ session });
    } catch {
      this.#fail();
      return;
    }
    if (this.#failures >= FAILURES_BEFORE_POLLING) {
      void this.#poll();
      return;
    }
    const since = this.state.tickId ? `?since=${this.state.tickId}` : "";
    const source = this.makeSource(`api/v1/stream${since}`);
    this.#source = source;
    this.#lastWordMs = Date.now();
    source.addEventListener("hello", (event) => void this.#greet(parse<Hello>(event)));
    source.addEventListener("tick", (event) => {
      this.#failures = 0;
      this.#take(parse<Tick>(event), "live");
    });
    source.addEventListener("bye", () => this.#fail());
    source.onerror = () => this.#fail();
  }

  /** A connection that is open but silent is lost, too. */
  #watch(): void {
    const silentMs = Date.now() - this.#lastWordMs;
    if (this.#source && this.state.connection === "live" && silentMs > SILENCE_MS) this.#fail();
  }

  #fail(): void {
    this.#source?.close();
    this.#source = null;
    this.#failures += 1;
    this.#change({
      connection: "lost",
      lostSinceMs: this.state.lostSinceMs ?? Date.now(),
    });
    const waitMs = RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1] ?? POLL_MS;
    setTimeout(() => void this.#connect(), waitMs);
  }

  async #greet(hello: Hello): Promise<void> {
    this.#stream = hello.stream;
    this.#change({ plan: hello.plan, annotations: hello.annotations });
    if (this.#view && this.state.serverSorts) void this.#look();
    await this.#loadHistory();
  }

  async #loadHistory(): Promise<void> {
    try {
      const history = await get<History>("history");
      this.points.replace(history.points);
      this.#change({ annotations: history.annotations });
      for (const listener of [...this.#tickListeners]) listener();
    } catch {
      // Charts then begin with the next tick.
    }
  }

  async #poll(): Promise<void> {
    const stream = this.#stream ? `stream=${this.#stream}` : `since=${this.state.tickId ?? ""}`;
    try {
      const { hello, tick } = await get<Poll>(`poll?${stream}`);
      if (hello) await this.#greet(hello);
      this.#take(tick, "polling");
      setTimeout(() => void this.#poll(), POLL_MS);
    } catch {
      this.#stream = "";
      this.#failures = 0;
      this.#fail();
    }
  }

  #take(tick: Tick, connection: "live" | "polling"): void {
    this.#lastWordMs = Date.now();
    const isOtherRun = this.state.status !== null && this.state.status.run !== tick.status.run;
    if (isOtherRun) {
      this.rows.clear();
      this.points.clear();
      this.visibleRows = [];
      void this.#loadHistory();
    }
    this.#takeNames(tick.names);
    if (tick.server_sorts) this.visibleRows = tick.rows;
    else for (const row of tick.rows) this.rows.set(row[0], row);
    this.points.append(tick.points);
    // After 30 minutes of seconds: the server's tens of seconds take their place.
    if (this.points.needsHistory) void this.#loadHistory();
    const startedSorting = tick.server_sorts && !this.state.serverSorts;
    const annotations = isOtherRun ? [] : this.state.annotations;
    this.#change({
      connection,
      lostSinceMs: null,
      status: tick.status,
      health: tick.health,
      workers: tick.workers,
      total: tick.total,
      annotations: tick.annotations.length ? [...annotations, ...tick.annotations] : annotations,
      rowCount: tick.row_count,
      firstRow: tick.first_row,
      serverSorts: tick.server_sorts,
      failureKinds: tick.failure_kinds,
      exceptions: tick.exceptions,
      warnings: tick.warnings,
      tickId: tick.id,
      wallS: tick.wall_s,
    });
    if (startedSorting) void this.#look();
    for (const listener of [...this.#tickListeners]) listener();
  }

  #takeNames(names: readonly Name[]): void {
    for (const name of names) this.names.set(name[0], name);
  }

  #change(part: Partial<LiveState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of [...this.#stateListeners]) listener();
  }
}

function subscribe(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function parse<T>(event: Event): T {
  return JSON.parse((event as MessageEvent<string>).data) as T;
}
