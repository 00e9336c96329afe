/**
 * The charts with made-up data, for the benchmark, the 24-hour replay, and to look at them.
 *
 * `?scene=` one of SCENES, `?seconds=` how much of the run is there, `?theme=dark|light`,
 * `?preset=300|900|3600|all`. The page then waits for `stage.tick()`.
 */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import type { Annotation } from "../src/api/schema.gen";
import { chartSource } from "../src/components/chart/source";
import type { Preset } from "../src/components/chart/time-window";
import { LiveCharts } from "../src/features/charts/live-charts";
import { PointSeries } from "../src/numbers/time-series";
import { FrameGenerator } from "../src/testing/frames";

import "./stage.css";

type Scene = "running" | "empty" | "failing" | "lost" | "healthy";

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
const preset = question.get("preset") ?? "900";
document.documentElement.dataset["theme"] = question.get("theme") ?? "light";

const frames = new FrameGenerator({ endpoints: 1, isTroubled: scene !== "healthy" });
const points = new PointSeries();
const annotations: Annotation[] = [];
const listeners = new Set<() => void>();
let nowS = frames.startWallS;

function bring(): void {
  const frame = frames.next();
  points.append(frame.points);
  annotations.push(...frame.annotations);
  nowS = frame.wall_s;
}

for (let count = 0; scene !== "empty" && count < seconds; count += 1) bring();

const source = chartSource(points, {
  preset: (preset === "all" ? "all" : Number(preset)) as Preset,
  annotations: () => annotations,
  nowS: () => nowS,
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
});

const nextFrame = () => new Promise((done) => requestAnimationFrame(done));

async function twoFrames(): Promise<void> {
  await nextFrame();
  await nextFrame();
}

window.stage = {
  points,
  tick: async () => {
    bring();
    for (const listener of listeners) listener();
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
