/** Which lines the charts of the Live page have, and in which units. */

import type { Line } from "../../components/chart/lines";
import type { ValueAxis } from "../../components/chart/plot-options";
import { t } from "../../messages";
import {
  formatBytes,
  formatBytesTick,
  formatCompact,
  formatCount,
  formatRate,
} from "../../numbers/format";

const perSecond = (text: string): string => `${text}/s`;

export const RATE_AXIS: ValueAxis = {
  tick: (value) => perSecond(formatCompact(value)),
  value: formatRate,
  scale: "linear",
  least: 1,
};

export const RATE_LINES: readonly Line[] = [
  {
    label: t("charts.requests"),
    slot: 0,
    read: (points) => points.column("rps"),
    envelope: "both",
    isFilled: true,
  },
  {
    label: t("charts.failures"),
    slot: 1,
    read: (points) => points.column("failPerS"),
    envelope: "upper",
    widthPx: 2,
  },
];

export const USERS_AXIS: ValueAxis = {
  tick: formatCompact,
  value: formatCount,
  scale: "linear",
  least: 1,
};

export const USERS_LINES: readonly Line[] = [
  {
    label: t("charts.users-now"),
    slot: 2,
    read: (points) => points.column("users"),
    envelope: "both",
    isFilled: true,
  },
  {
    label: t("charts.users-target"),
    slot: 3,
    read: (points) => points.column("targetUsers"),
    envelope: "both",
  },
];

export const RECEIVED_AXIS: ValueAxis = {
  tick: (value) => perSecond(formatBytesTick(value)),
  value: (value) => perSecond(formatBytes(value)),
  scale: "linear",
  least: 1000,
};

export const RECEIVED_LINES: readonly Line[] = [
  {
    label: t("charts.bytes"),
    slot: 0,
    read: (points) => points.column("bytesPerS"),
    envelope: "both",
    isFilled: true,
  },
];
