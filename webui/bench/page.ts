/**
 * The whole page on a made-up stream: the real store, strip, control bar and Live page.
 *
 * `?seconds=` how much of the run is its past, `?endpoints=` how many. Ticks come when
 * `stage.tick()` asks, through the same JSON and the same event as from the server.
 */

import type { Annotation, Hello, History, LoadPlan, Point, Session } from "../src/api/schema.gen";
import { FrameGenerator } from "../src/testing/frames";
import { MadeUpHistory } from "./made-up-history";

const question = new URLSearchParams(location.search);
const frames = new FrameGenerator({ endpoints: Number(question.get("endpoints") ?? 500) });
const annotations: Annotation[] = [];
const past: Point[] = [];
for (let left = Number(question.get("seconds") ?? 3600); left > 0; left -= 1) {
  const { points, annotations: notes } = frames.next();
  annotations.push(...notes);
  past.push(...points);
}
const memory = new MadeUpHistory();

const plan: LoadPlan = {
  host: "http://127.0.0.1:8000",
  users: 200,
  spawn_rate_per_s: 5,
  run_time_s: null,
  classes: [],
  tags: [],
  chosen_tags: [],
  excluded_tags: [],
  arguments: [],
  shapes: [],
  shape: "",
};
const session: Session = {
  csrf_token: "made-up",
  role: "operator",
  product_version: "0",
  locustfile: "locustfile.py",
};
/** With a past all of it in seconds, as the benchmark of a tick wants it; else as a server's. */
function historyNow(): History {
  return { run: 1, points: past.length > 0 ? past : memory.points, annotations };
}

const hello: Hello = { stream: "made-up", plan, annotations };

/** The stream: says hello at once, then whatever `say` is told. */
class MadeUpStream extends EventTarget {
  static now: MadeUpStream | null = null;
  onerror: (() => void) | null = null;

  constructor() {
    super();
    MadeUpStream.now = this;
    setTimeout(() => this.say("hello", hello));
  }

  say(kind: string, body: object): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(body) }));
  }

  close(): void {
    MadeUpStream.now = null;
  }
}

const answers: Record<string, () => object> = {
  session: () => session,
  plan: () => plan,
  history: historyNow,
};
window.EventSource = MadeUpStream as unknown as typeof EventSource;
window.fetch = (url) => {
  const path = String(url).split("/").at(-1)?.split("?")[0] ?? "";
  return Promise.resolve(Response.json(answers[path]?.() ?? {}));
};

const nextFrame = () => new Promise((done) => requestAnimationFrame(done));

async function threeFrames(): Promise<void> {
  // The store asks for one frame, the charts for the next.
  for (let count = 0; count < 3; count += 1) await nextFrame();
}

function bring(): void {
  const tick = frames.next();
  memory.remember(tick.points);
  annotations.push(...tick.annotations);
  MadeUpStream.now?.say("tick", tick);
}

async function replay(seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 1) bring();
  await threeFrames();
}

Object.assign(window, {
  stage: {
    points: past,
    tick: () => replay(1),
    replay,
    rest: threeFrames,
  },
});

location.hash = "#/live";
void import("../src/main");
