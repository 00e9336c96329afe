import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveStore } from "./live-store";
import type { Row, RunStatus, Tick } from "./schema.gen";

class FakeSource extends EventTarget {
  onerror: (() => void) | null = null;
  isClosed = false;
  constructor(readonly url: string) {
    super();
  }
  close() {
    this.isClosed = true;
  }
  say(kind: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }
}

const SESSION = { csrf_token: "t", role: "operator", product_version: "1", locustfile: "x.py" };
const STATUS = { run: 1, state: "running", users: 3 } as RunStatus;

function row(id: number, requests: number): Row {
  const rest = Array<number>(21).fill(0);
  return [id, requests, ...rest] as unknown as Row;
}

function tick(part: Partial<Tick> = {}): Tick {
  return {
    id: "1.5",
    wall_s: 5,
    status: STATUS,
    health: null,
    workers: null,
    total: row(-1, 1),
    names: [],
    rows: [],
    row_count: 0,
    first_row: 0,
    server_sorts: false,
    points: [],
    annotations: [],
    failure_kinds: 0,
    exceptions: 0,
    warnings: 0,
    ...part,
  } as unknown as Tick;
}

let sources: FakeSource[];
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  asked = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    const body = url.includes("session")
      ? SESSION
      : url.includes("poll")
        ? { hello: null, tick: tick() }
        : { run: 1, points: [], annotations: [] };
    return Promise.resolve(new Response(JSON.stringify(body)));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connected(): Promise<LiveStore> {
  const store = new LiveStore((url) => {
    sources.push(new FakeSource(url));
    return sources[sources.length - 1] as unknown as EventSource;
  });
  store.start();
  await vi.advanceTimersByTimeAsync(0);
  return store;
}

const hello = { stream: "s1", plan: null, annotations: [] };

describe("the live store", () => {
  it("keeps rows of earlier ticks, because a tick has only the changed ones", async () => {
    const store = await connected();
    sources[0]?.say("hello", hello);
    sources[0]?.say(
      "tick",
      tick({
        names: [
          [0, "GET", "/a"],
          [1, "GET", "/b"],
        ],
        rows: [row(0, 1), row(1, 2)],
      }),
    );
    sources[0]?.say("tick", tick({ rows: [row(1, 5)] }));
    expect(store.state.connection).toBe("live");
    expect([...store.rows.values()].map((one) => one[1])).toEqual([1, 5]);
    expect(store.names.get(1)).toEqual([1, "GET", "/b"]);
  });

  it("says that it is lost, and resumes after the last tick", async () => {
    const store = await connected();
    sources[0]?.say("tick", tick());
    sources[0]?.onerror?.();
    expect(store.state.connection).toBe("lost");
    expect(store.state.lostSinceMs).toBe(Date.now());
    expect(sources[0]?.isClosed).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sources[1]?.url).toContain("since=1.5");
    sources[1]?.say("tick", tick());
    expect(store.state.connection).toBe("live");
    expect(store.state.lostSinceMs).toBeNull();
  });

  it("is lost when an open connection is silent", async () => {
    const store = await connected();
    sources[0]?.say("tick", tick());
    await vi.advanceTimersByTimeAsync(15_000);
    expect(store.state.connection).not.toBe("live");
  });

  it("polls when streams fail three times", async () => {
    const store = await connected();
    for (let index = 0; index < 3; index += 1) {
      sources[index]?.onerror?.();
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect(asked.some((url) => url.includes("poll"))).toBe(true);
    expect(store.state.connection).toBe("polling");
  });

  it("forgets the figures of another run", async () => {
    const store = await connected();
    sources[0]?.say(
      "tick",
      tick({
        rows: [row(0, 1)],
        annotations: [{ wall_s: 1, kind: "mark", text: "x", who: "web" }],
      }),
    );
    sources[0]?.say("tick", tick({ status: { ...STATUS, run: 2 }, rows: [row(4, 9)] }));
    expect([...store.rows.keys()]).toEqual([4]);
    expect(store.state.annotations).toEqual([]);
  });

  it("calls back after each tick, and tells state only when it changes", async () => {
    const store = await connected();
    const ticks = vi.fn();
    const forget = store.onTick(ticks);
    sources[0]?.say("tick", tick());
    forget();
    sources[0]?.say("tick", tick());
    expect(ticks).toHaveBeenCalledTimes(1);
  });
});
