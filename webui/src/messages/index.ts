/** The one catalogue of texts: a file for each feature, looked up by key. */

import { app } from "./app";
import { charts } from "./charts";
import { control } from "./control";
import { pages } from "./pages";
import { report } from "./report";
import { workers } from "./workers";

const catalogue = { ...app, ...charts, ...control, ...pages, ...report, ...workers };

export type MessageKey = keyof typeof catalogue;

/** The text of a key, with `{name}` filled in. */
export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  return catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
