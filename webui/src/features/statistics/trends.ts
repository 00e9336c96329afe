/** The last minute of each endpoint's rate, gathered as rows arrive. */

import { ROW, type Row } from "../../api/schema.gen";

const SECONDS = 60;

export class Trends {
  readonly #byId = new Map<number, number[]>();

  /** Note the rates of one tick. */
  take(rows: Iterable<Row>): void {
    for (const row of rows) {
      const rates = this.#byId.get(row[0]) ?? [];
      rates.push(row[ROW.now_rps]);
      if (rates.length > SECONDS) rates.shift();
      this.#byId.set(row[0], rates);
    }
  }

  of(id: number): readonly number[] {
    return this.#byId.get(id) ?? [];
  }

  clear(): void {
    this.#byId.clear();
  }
}

/** Points of a polyline in a box of 60 x 16. */
export function polyline(rates: readonly number[]): string {
  const most = Math.max(...rates, 1e-9);
  const first = SECONDS - rates.length;
  return rates
    .map((rate, index) => `${first + index},${(15 - (rate / most) * 14).toFixed(1)}`)
    .join(" ");
}
