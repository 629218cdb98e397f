// A question a component keeps asking: the last answer stays while the next one comes, and a refusal says when it goes on.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Problem, SignedOut } from "../api";
import { heard, news, paused, told } from "./live";

export interface Asked<T> {
  /** The last good answer, of this or the previous question. */
  data: T | null;
  /** When it came; epoch ms. */
  at: number | null;
  error: Error | null;
  /** When the question is asked again by itself; epoch ms, null: not until something changes. */
  againAt: number | null;
  busy: boolean;
  again: () => void;
}

const RETRY_S = [2, 4, 8]; // no rarer than what is asked when all is well: who comes back is seen at once

/**
 * Asks on mount, when `key` changes, and when something happened, at most every `everyS` seconds and not while paused; null: never by itself.
 * A change of `key` forgets what went wrong, with `fresh` the old answer too.
 */
export function useAsked<T>(key: string, question: (signal: AbortSignal) => Promise<T>, everyS: number | null, fresh = false): Asked<T> {
  const state = useSignal<Omit<Asked<T>, "again">>({ data: null, at: null, error: null, againAt: null, busy: true });
  const turn = useSignal(0);
  const once = useRef(false); // more than the question under way was asked for; that one is not given up for it
  const latest = useRef(question);
  latest.current = question;
  const stopped = paused.value;
  useEffect(() => {
    state.value = { ...(fresh ? { data: null, at: null } : state.peek()), error: null, againAt: null, busy: true };
  }, [key]);
  useEffect(() => {
    const stop = new AbortController();
    once.current = false;
    void keepAsking(state, (signal) => latest.current(signal), stopped ? null : everyS, once, stop.signal);
    return () => stop.abort();
  }, [key, stopped, everyS, turn.value]);
  const again = (): void => {
    if (state.peek().busy) once.current = true;
    else turn.value += 1;
  };
  return { ...state.value, again };
}

async function keepAsking<T>(
  state: Signal<Omit<Asked<T>, "again">>,
  question: (signal: AbortSignal) => Promise<T>,
  everyS: number | null,
  once: { current: boolean },
  stop: AbortSignal,
): Promise<void> {
  for (let failures = 0; !stop.aborted; ) {
    state.value = { ...state.peek(), busy: true };
    let wait = everyS;
    let mark: number | null | undefined = told.peek();
    try {
      const data = await question(stop);
      failures = 0;
      heard();
      state.value = { data, at: Date.now(), error: null, againAt: null, busy: once.current };
      if (once.current) {
        once.current = false;
        continue;
      }
    } catch (error) {
      if (stop.aborted || error instanceof SignedOut) return;
      wait = error instanceof Problem && error.again === "never" ? null : patience(error, failures++);
      mark = undefined; // what failed is asked again by the clock
      const againAt = wait === null ? null : Date.now() + wait * 1000;
      state.value = { ...state.peek(), error: error as Error, againAt, busy: false };
    }
    if (wait === null) return;
    await sleep(wait, stop);
    if (mark !== undefined && !stop.aborted) await news(mark, stop);
  }
}

/** The answer, or null where it fails: of what a page does without. */
export function spared<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (signal.aborted || error instanceof SignedOut) throw error;
    return null;
  });
}

function patience(error: unknown, failures: number): number {
  const asked = error instanceof Problem ? error.retryAfterS : null;
  return asked ?? RETRY_S[Math.min(failures, RETRY_S.length - 1)] ?? 8;
}

function sleep(seconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => (clearTimeout(timer), stop.removeEventListener("abort", end), resolve());
    const timer = setTimeout(end, seconds * 1000);
    stop.addEventListener("abort", end);
  });
}
