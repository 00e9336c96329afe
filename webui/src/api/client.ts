/** Fetching from the server, or from a report: relative paths, the CSRF token, and problems as errors. */

import type { Problem, Session } from "./schema.gen";

/** The server refused; `problem` says what and, for wrong values, where and what is accepted. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.problem);
  }
}

/** A refusal, or any other error, in words. */
export function textOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error);
  const { problem, accepted } = error.problem;
  return accepted ? `${problem} (accepted: ${accepted})` : problem;
}

let session: Session | null = null;

/** Ask who we are; needed before the first POST, and again when the server was restarted. */
export async function openSession(): Promise<Session> {
  session = await get<Session>("session");
  return session;
}

let filed: ReadonlyMap<string, unknown> | null = null;

/** Answer every `get` from these values from now on: behind a report there is no server. */
export function answerFrom(answers: ReadonlyMap<string, unknown>): void {
  filed = answers;
}

/** Whether `get` can answer; a server always can, a report knows only some endpoints. */
export function isKnown(path: string): boolean {
  return filed === null || filed.has(path);
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  if (filed) {
    const missing = new Error(`the report has no ${path}`);
    return filed.has(path) ? Promise.resolve(filed.get(path) as T) : Promise.reject(missing);
  }
  return answer<T>(
    fetch(`api/v1/${path}`, { credentials: "same-origin", ...(signal && { signal }) }),
  );
}

export async function post<T>(path: string, body: object = {}): Promise<T> {
  const { csrf_token } = session ?? (await openSession());
  return answer<T>(
    fetch(`api/v1/${path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf_token },
      body: JSON.stringify(body),
    }),
  );
}

async function answer<T>(reply: Promise<Response>): Promise<T> {
  const response = await reply;
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) window.location.assign("login");
  throw new ApiProblem(response.status, await problemOf(response));
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (typeof body.problem === "string") return { ...body, problem: body.problem };
  } catch {
    // What answers is no server of ours, for example a proxy.
  }
  return { problem: `The server answered with status ${response.status}.` };
}
