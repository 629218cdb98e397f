// One way to ask Meadow's API: JSON in and out, every refusal and every silence a class of its own.

import type { Answer, Body, Method, ParamsOf, Path, Places, Target, Written } from "./services/types";

export type Value = string | number | boolean;
export type Param = Value | readonly string[] | null | undefined;
export type Params = Record<string, Param>;
export type Wire = Record<string, unknown>;

export const ROOT = "/api/v1";

/** The server answered, and the answer is no (RFC 9457). `again`: whether the same request can succeed. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly again: "never" | "later" | "now",
    /** What would do, where the message does not say it. */
    readonly accepts: string,
    readonly retryAfterS: number | null,
    readonly request: string,
    /** The whole answer: some refusals say more. */
    readonly wire: Wire = {},
  ) {
    super(message);
  }
}

/** No answer came: the network, or a server that is away. Asking again can help. */
export class Unreachable extends Error {}

/** Nobody is signed in; whoever asks is already on the way to the sign-in page. */
export class SignedOut extends Error {}

let signIn = (): void => undefined;

/** Says what to do when the server answers 401. */
export function onSignedOut(leave: () => void): void {
  signIn = leave;
}

/** `path`, with parameters where it names them in braces, and every other one that is said behind it; lists repeat their name. */
export function address(path: string, params: Params = {}): string {
  const search = new URLSearchParams();
  const rest = new Map(Object.entries(params));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  for (const [name, value] of rest) {
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as Value | null | undefined];
    for (const one of values) if (one !== null && one !== undefined && one !== "") search.append(name, String(one));
  }
  const said = search.toString();
  return ROOT + filled + (said ? `?${said}` : "");
}

/** The answer of one GET. Raises Problem, Unreachable, SignedOut, or the abort of `signal`. */
export function ask<P extends Path>(path: P, params: ParamsOf<P>, signal?: AbortSignal): Promise<Answer<P>> {
  const asked = request(address(path, params), { method: "GET", ...(signal ? { signal } : {}) });
  return asked as Promise<Answer<P>>; // a claim: what reads it takes every member for unknown
}

/** The answer of one write. `key` makes repeating it safe. Raises as `ask`. */
export function send<M extends Method, P extends Target<M>>(method: M, path: P, places: Places<M, P>, body: Body<M, P>, key?: string): Promise<Written<M, P>> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const sent = request(address(path, places), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return sent as Promise<Written<M, P>>; // a claim, as that of `ask`
}

async function request(url: string, init: RequestInit): Promise<Wire> {
  const response = await reach(url, init);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? {} : objectOf(await response.json().catch(() => null));
}

/** A response of any status. Raises Unreachable, or the abort of the request. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable("Meadow does not answer.");
  }
}

/** What a response that is not ok means. */
export async function refusal(response: Response): Promise<Error> {
  if (response.status === 401 && !response.url.endsWith("/session")) {
    signIn();
    return new SignedOut("Nobody is signed in.");
  }
  const body = objectOf(await response.json().catch(() => null));
  const text = (name: string): string => (typeof body[name] === "string" ? body[name] : "");
  const again = text("again");
  const detail = text("detail") || text("title") || `Meadow answered ${response.status}.`;
  const accepts = Array.isArray(body.accepts) ? body.accepts.join(", ") : text("accepts");
  return new Problem(
    response.status,
    text("code") || `http_${response.status}`,
    detail,
    again === "never" || again === "now" ? again : response.status < 500 && response.status !== 429 ? "never" : "later",
    detail.includes(accepts) ? "" : accepts, // said once
    typeof body.retry_after_s === "number" ? body.retry_after_s : null,
    response.headers.get("X-Request-Id") ?? "",
    body,
  );
}

function objectOf(value: unknown): Wire {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Wire) : {};
}
