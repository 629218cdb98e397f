// The live stream: one connection, taken up again where it broke off, with what was missed said aloud.
import { address, Problem, reach, refusal, SignedOut, type Params, Unreachable } from "../api";
import { type TaskEvent, taskEvent } from "./events";
import { list, num, object, text, time } from "./read";
import { type Message, SseReader } from "./sse";

export interface Listener {
  events(items: TaskEvent[], watermark: number | null): void;
  /** Rows left out: the viewer was too slow, or the position is gone. `rows` null: nobody counted. */
  missed(rows: number | null, reason: string): void;
  position(watermark: number | null): void;
  /** The stream cannot go on as asked; nothing more follows. */
  refused(problem: Problem): void;
  /** A connection ended; another one follows. */
  broken?(): void;
  /** The stream broke off and could not be had again at once: why; null as soon as it is read. */
  waits?(why: Error | null): void;
}

const PAUSES_S = [0.5, 1, 2, 5, 10]; // between attempts, the last one repeated
const SILENCE_MAX_S = 20; // a position comes at least every 5 s

/** Follows the stream until the answer is called. */
export function follow(params: Params, listener: Listener): () => void {
  const stop = new AbortController();
  void keepFollowing(params, listener, stop.signal);
  return () => stop.abort();
}

async function keepFollowing(params: Params, listener: Listener, stop: AbortSignal): Promise<void> {
  let cursor = "";
  for (let failures = 0; !stop.aborted; failures++) {
    try {
      await once(params, cursor, stop, (message) => {
        cursor = message.id || cursor;
        failures = 0;
        listener.waits?.(null);
        tell(message, listener);
      });
    } catch (error) {
      if (stop.aborted || error instanceof SignedOut) return;
      if (error instanceof Problem && error.status === 410) {
        cursor = "";
        listener.missed(null, error.message);
      } else if (error instanceof Problem && error.again === "never") return listener.refused(error);
      if (failures) listener.waits?.(error instanceof Problem ? error : new Unreachable("Meadow does not answer."));
    }
    listener.broken?.();
    await pause(PAUSES_S[Math.min(failures, PAUSES_S.length - 1)] ?? 10, stop);
  }
}

/** One connection, until it ends. Raises Problem, Unreachable, SignedOut, or the abort. */
async function once(params: Params, cursor: string, stop: AbortSignal, hear: (message: Message) => void): Promise<void> {
  const quiet = new AbortController();
  const signal = AbortSignal.any([stop, quiet.signal]);
  const headers: Record<string, string> = { Accept: "text/event-stream", ...(cursor ? { "Last-Event-ID": cursor } : {}) };
  let watchdog = setTimeout(() => quiet.abort(), SILENCE_MAX_S * 1000);
  try {
    const response = await reach(address("/live", params), { headers, signal, cache: "no-store" });
    if (!response.ok || !response.body) throw await refusal(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const messages = new SseReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => quiet.abort(), SILENCE_MAX_S * 1000);
      messages.push(value).forEach(hear);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

function tell(message: Message, listener: Listener): void {
  const data = object(parsed(message.data));
  if (message.event === "events") {
    listener.events(list(data.items).map((item) => taskEvent(object(item))), time(data.watermark));
  } else if (message.event === "missed") listener.missed(num(data.rows), text(data.reason));
  else if (message.event === "position") listener.position(time(data.watermark));
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return null;
  }
}

function pause(seconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
