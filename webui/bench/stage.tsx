/**
 * The charts with made-up data, for the benchmark and to look at them.
 *
 * `?scene=` one of SCENES, `?seconds=` how much of the run is there, `?theme=dark|light`,
 * `?preset=300|900|3600|all`, `?endpoints=` how many. The page then waits for `stage.tick()`.
 */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import type { Annotation, Point } from "../src/api/schema.gen";
import { chartSource } from "../src/components/chart/source";
import type { Preset } from "../src/components/chart/time-window";
import { LiveCharts } from "../src/features/charts/live-charts";
import { PointSeries } from "../src/numbers/time-series";
import { FrameGenerator } from "../src/testing/frames";

import "./stage.css";

type Scene = "running" | "empty" | "spawning" | "failing" | "lost" | "healthy";

interface Stage {
  /** Bring the next second; resolves when it has been drawn. */
  tick: () => Promise<void>;
  /** The same two frames without a second to draw. */
  rest: () => Promise<void>;
  points: PointSeries;
}

declare global {
  interface Window {
    stage: Stage;
  }
}

const question = new URLSearchParams(location.search);
const scene = (question.get("scene") ?? "running") as Scene;
const seconds = Number(question.get("seconds") ?? (scene === "failing" ? 345 : 640));
const hasRequests = scene !== "empty" && scene !== "spawning";
const endpoints = Number(question.get("endpoints") ?? 1);
const preset = question.get("preset") ?? "900";
document.documentElement.dataset["theme"] = question.get("theme") ?? "light";

const frames = new FrameGenerator({ endpoints, isTroubled: scene !== "healthy" });
const points = new PointSeries();
const annotations: Annotation[] = [];
const listeners = new Set<() => void>();
let nowS = frames.startWallS;

/** The same second, before any request has finished. */
function withoutRequests([wallS]: Point, index: number): Point {
  const nothing = [null, null, null, null, null] as const;
  return [wallS, 1, 0, 0, 0, 0, ...nothing, [], index + 1, 200, "OK", {}];
}

function bring(): void {
  const frame = frames.next();
  points.append(frame.points);
  annotations.push(...frame.annotations);
  nowS = frame.wall_s;
}

if (scene === "spawning") {
  // Users without a request so far.
  points.append(frames.points(3).map(withoutRequests));
}
for (let count = 0; hasRequests && count < seconds; count += 1) bring();

const source = chartSource(points, {
  preset: (preset === "all" ? "all" : Number(preset)) as Preset,
  annotations: () => annotations,
  nowS: () => nowS,
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
});

function tell(): void {
  for (const listener of listeners) listener();
}

const nextFrame = () => new Promise((done) => requestAnimationFrame(done));

async function twoFrames(): Promise<void> {
  await nextFrame();
  await nextFrame();
}

window.stage = {
  points,
  tick: async () => {
    bring();
    tell();
    await twoFrames();
  },
  rest: twoFrames,
};

createRoot(document.getElementById("stage") ?? document.body).render(
  <StrictMode>
    <LiveCharts
      source={source}
      annotations={annotations}
      isPaused={scene === "lost"}
      emptyText="Waiting for the first request (3 users started)"
    />
  </StrictMode>,
);
