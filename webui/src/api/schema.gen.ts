// Generated from locust_like/web/schemas.py; do not edit. `make docs` says how.

/** Who the browser is to us. The token goes into the header X-CSRF-Token of every POST. */
export interface Session {
  csrf_token: string;
  role: "operator" | "viewer";
  product_version: string;
  locustfile: string;
}

/** Why something was refused: what was wrong, where, and what is accepted. */
export interface Problem {
  problem: string;
  field?: string | null;
  value?: string | null;
  accepted?: string | null;
  current?: RunStatus | null;
}

/** One user class of the locustfile, as it would run now. */
export interface UserClass {
  name: string;
  enabled: boolean;
  weight: number;
  fixed_count: number;
  host: string | null;
  tasks: string[];
  description: string;
}

/** An option that the locustfile has added to the command line. */
export interface Argument {
  name: string;
  kind: "choice" | "choices" | "number" | "secret" | "switch" | "text";
  value: string | number | boolean | string[] | null;
  help: string;
  choices: string[];
  required: boolean;
}

/** A load shape of the locustfile: it says how many users there are, second by second. */
export interface LoadShape {
  name: string;
  reads_load: boolean;
}

/** What the form of a new run shows: what the command line or the last run said. */
export interface LoadPlan {
  host: string | null;
  users: number;
  spawn_rate_per_s: number;
  run_time_s: number | null;
  classes: UserClass[];
  tags: string[];
  chosen_tags: string[];
  excluded_tags: string[];
  arguments: Argument[];
  shapes: LoadShape[];
  shape: string;
}

/** New values for one user class; what is left out stays. */
export interface ClassChange {
  name: string;
  enabled?: boolean | null;
  weight?: number | null;
  fixed_count?: number | null;
  host?: string | null;
}

/** Start a run. What is left out is as in `LoadPlan`. */
export interface StartRun {
  users?: number | null;
  spawn_rate_per_s?: number | null;
  host?: string | null;
  run_time_s?: number | null;
  classes?: ClassChange[];
  tags?: string[] | null;
  exclude_tags?: string[] | null;
  arguments?: Record<string, string | number | boolean | string[] | null>;
  shape?: string | null;
  based_on?: number | null;
}

/** Change a running load. What is left out stays. */
export interface EditLoad {
  users?: number | null;
  spawn_rate_per_s?: number | null;
  classes?: ClassChange[];
  based_on?: number | null;
}

/** Pause, resume, stop, stop at once, reset, or undo the last change of the load. */
export interface Order {
  based_on?: number | null;
}

/** What becomes of a worker. */
export interface StaffWorker {
  kind: "drain" | "remove" | "use";
}

/** Write a note into the charts. */
export interface MarkMoment {
  text: string;
}

/** What a change of the load would do. */
export interface LoadPreview {
  users_now: number;
  users_then: number;
  spawn_rate_per_s: number;
  seconds: number;
  classes: Record<string, number>;
  text: string;
}

/** Something that an operator or the run did at a moment. */
export interface Annotation {
  wall_s: number;
  kind: "end" | "load" | "mark" | "pause" | "reset" | "resume" | "spawned" | "start" | "stop" | "workers";
  text: string;
  who: string;
}

/** Where the run is and what it was told; `version` grows with every change. */
export interface RunStatus {
  run: number;
  version: number;
  state: "cleanup" | "failed" | "paused" | "ready" | "running" | "spawning" | "stopped" | "stopping";
  users: number;
  target_users: number;
  spawn_rate_per_s: number;
  start_wall_s: number | null;
  elapsed_s: number;
  run_time_s: number | null;
  ending: string;
  host: string | null;
  classes: Record<string, number>;
  can_undo_s: number;
  shape: string;
}

/** What the generator says about itself since the last tick. */
export interface Health {
  verdict: "INVALID" | "LATE" | "OK";
  causes: string[];
  python_busy: number;
  io_busy: number;
  resume_delay_p99_ms: number;
  unverified: string[];
}

/** How many workers there are. */
export interface WorkersCount {
  here: number;
  known: number;
  troubled: number;
  is_degraded: boolean;
  unaccounted_estimate: number;
}

/** One worker of the run. */
export interface Worker {
  index: number;
  name: string;
  host: string;
  pid: number;
  version: string;
  state: string;
  reason: string;
  users: number;
  target_users: number;
  is_drained: boolean;
  requests: number;
  unaccounted_requests: number;
  unaccounted_s: number;
  unaccounted_estimate: number;
  cpu_share: number;
  memory_bytes: number;
  python_age_s: number;
  blocking: string;
  heartbeat_age_s: number;
  clock_skew_s: number;
  round_trip_s: number;
  verdict: "INVALID" | "LATE" | "OK";
  cause: string;
  resume_delay_p99_ms: number;
  has_other_locustfile: boolean;
}

/** All workers of the run; none where the users are in the process itself. */
export interface Workers {
  wall_s: number;
  workers: Worker[];
  is_degraded: boolean;
}

/** One endpoint, since the start of the run and (`now_`) over the last 10 s. */
export type Row = [id: number, requests: number, failures: number, cancelled: number, rps: number, fail_per_s: number, avg_ms: number | null, min_ms: number | null, max_ms: number | null, p50_ms: number | null, p90_ms: number | null, p95_ms: number | null, p99_ms: number | null, avg_bytes: number, now_requests: number, now_failures: number, now_rps: number, now_fail_per_s: number, now_p50_ms: number | null, now_p90_ms: number | null, now_p95_ms: number | null, now_p99_ms: number | null, now_max_ms: number | null];
export const ROW = { id: 0, requests: 1, failures: 2, cancelled: 3, rps: 4, fail_per_s: 5, avg_ms: 6, min_ms: 7, max_ms: 8, p50_ms: 9, p90_ms: 10, p95_ms: 11, p99_ms: 12, avg_bytes: 13, now_requests: 14, now_failures: 15, now_rps: 16, now_fail_per_s: 17, now_p50_ms: 18, now_p90_ms: 19, now_p95_ms: 20, now_p99_ms: 21, now_max_ms: 22 } as const;

/** The name behind an id; sent once to each viewer. */
export type Name = [id: number, method: string, name: string];
export const NAME = { id: 0, method: 1, name: 2 } as const;

/** One interval of the charts. Intervals without a point are gaps. */
export type Point = [wall_s: number, seconds: number, requests: number, failures: number, cancelled: number, content_bytes: number, p50_ms: number | null, p90_ms: number | null, p95_ms: number | null, p99_ms: number | null, max_ms: number | null, heat: number[], users: number | null, target_users: number | null, verdict: "INVALID" | "LATE" | "OK", errors: Record<string, number>];
export const POINT = { wall_s: 0, seconds: 1, requests: 2, failures: 3, cancelled: 4, content_bytes: 5, p50_ms: 6, p90_ms: 7, p95_ms: 8, p99_ms: 9, max_ms: 10, heat: 11, users: 12, target_users: 13, verdict: 14, errors: 15 } as const;

/** The run at one moment; the data of each event of the stream. */
export interface Tick {
  id: string;
  wall_s: number;
  status: RunStatus;
  health: Health;
  workers: WorkersCount | null;
  total: Row;
  names: Name[];
  rows: Row[];
  row_count: number;
  first_row: number;
  server_sorts: boolean;
  points: Point[];
  annotations: Annotation[];
  failure_kinds: number;
  exceptions: number;
  warnings: number;
}

/** First event of each stream. */
export interface Hello {
  stream: string;
  plan: LoadPlan;
  annotations: Annotation[];
}

/** What a viewer without a stream asks for each second. */
export interface Poll {
  hello: Hello | null;
  tick: Tick;
}

/** Which rows a viewer looks at; needed only where `Tick.server_sorts`. */
export interface View {
  stream: string;
  sort?: string;
  descending?: boolean;
  filter?: string;
  first?: number;
  count?: number;
}

/** The rows of a `View` at once, so that scrolling does not wait for a tick. */
export interface Rows {
  rows: Row[];
  names: Name[];
  row_count: number;
  first_row: number;
}

/** The past of the run, or of one endpoint: 1 s for 15 minutes, 10 s before. */
export interface History {
  run: number;
  points: Point[];
  annotations: Annotation[];
}

/** One kind of failure of one endpoint. */
export interface Failure {
  id: number;
  method: string;
  name: string;
  kind: string;
  text: string;
  occurrences: number;
  share: number;
  first_seen_wall_s: number;
  last_seen_wall_s: number;
  captures: number;
}

/** All kinds of failure, most frequent first, at most 500. */
export interface Failures {
  failures: Failure[];
  total: number;
}

/** Fields and the beginning of the body of a captured request or reply; secrets are masked. */
export interface CapturedMessage {
  fields: [string, string][];
  body: string;
  body_bytes: number;
  is_text: boolean;
  is_whole: boolean;
}

/** A failed call as sent and answered; status 0 and empty texts where nothing came. */
export interface Capture {
  wall_s: number;
  method: string;
  url: string;
  protocol: string;
  remote_address: string;
  status: number;
  reason: string;
  hops: number;
  response_time_ms: number;
  phases: (["blocked" | "connect" | "dns" | "receive" | "send" | "tls" | "wait", number])[];
  request: CapturedMessage;
  reply: CapturedMessage;
  curl: string;
}

/** What the drawer of a failure shows. */
export interface FailureDetails {
  failure: Failure;
  captures: Capture[];
}

/** One kind of exception of the locustfile. */
export interface ScriptError {
  title: string;
  text: string;
  traceback: string;
  count: number;
  nodes: string[];
  first_seen_wall_s: number;
  last_seen_wall_s: number;
}

/** All kinds of exception, most frequent first. */
export interface ScriptErrors {
  exceptions: ScriptError[];
}

/** A table that the locustfile adds; each row has a text for each column. */
export interface ExtraTable {
  title: string;
  columns: string[];
  rows: string[][];
}

/** A file that the locustfile offers, at a path of this server. */
export interface ExtraFile {
  title: string;
  href: string;
}

/** What the locustfile adds to the page. */
export interface Extras {
  tables: ExtraTable[];
  files: ExtraFile[];
}

/** One record of the log; secrets are masked. */
export type LogLine = [id: number, wall_s: number, level: "CRITICAL" | "DEBUG" | "ERROR" | "INFO" | "WARNING", logger: string, text: string];
export const LOG_LINE = { id: 0, wall_s: 1, level: 2, logger: 3, text: 4 } as const;

/** Lines after `?after=ID`, oldest first, at most 1,000 at once. */
export interface Logs {
  lines: LogLine[];
  dropped: number;
  next: number;
}

/** One phase of an endpoint's requests. */
export interface PhaseTime {
  phase: "blocked" | "connect" | "dns" | "receive" | "send" | "tls" | "wait";
  mean_ms: number | null;
  p95_ms: number | null;
}

/** What the drawer of one row shows. */
export interface Endpoint {
  id: number;
  method: string;
  name: string;
  row: Row;
  phases: PhaseTime[];
  status_codes: Record<string, number>;
  protocols: Record<string, number>;
  histogram: [number, number, number][];
  failures: Failure[];
  retries: number;
  hops: number;
  sent_bytes: number;
  received_bytes: number;
}

/** An option of the run that is not its default, and where it came from; secrets are `***`. */
export interface RunOption {
  name: string;
  value: string;
  origin: string;
}

/** How often a user class, a task set or a task runs; `depth` 0, 1 and so on. */
export interface TaskShare {
  depth: number;
  name: string;
  of_class: number;
  of_all: number;
}

/** A run as one document: what the file of `--html` carries, and `/stats/report` answers. */
export interface Report {
  product_version: string;
  made_wall_s: number;
  theme: "auto" | "dark" | "light";
  profile: string;
  locustfiles: string[];
  status: RunStatus;
  exit_code: number | null;
  health: Health;
  judged_s: number;
  late_s: number;
  invalid_s: number;
  workers: Workers;
  workers_count: WorkersCount | null;
  total: Row;
  names: Name[];
  rows: Row[];
  endpoints: Endpoint[];
  failures: Failures;
  captured: FailureDetails[];
  exceptions: ScriptErrors;
  history: History;
  tasks: TaskShare[];
  options: RunOption[];
}
