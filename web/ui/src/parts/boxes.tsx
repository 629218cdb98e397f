// The other states of a box: empty, loading, failed, refused, cut short, incomplete.
import type { ComponentChildren } from "preact";
import { Problem } from "../api";
import type { Asked } from "../state/asked";
import { now } from "../state/live";
import { zone } from "../state/prefs";
import { clock, count, percent, THIN } from "../state/words";
import { Glyph } from "./glyphs";
import { visible } from "./text";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Grey bars in the place of what comes; drawn only after a moment, so that a quick answer does not flash. */
export function Loading({ rows = 4, height = 28 }: { rows?: number; height?: number }) {
  return (
    <div class="waiting" aria-busy="true">
      <span class="sr">Loading</span>
      {Array.from({ length: rows }, (_, k) => (
        <div key={k} style={{ height: `${height}px` }}>
          <i class="sk" style={{ width: `${40 + ((k * 37) % 45)}%` }} />
        </div>
      ))}
    </div>
  );
}

/** What went wrong, since when, what still holds, and what happens next. */
export function Failed<T>({ asked }: { asked: Asked<T> }) {
  const error = asked.error;
  if (!error) return null;
  const problem = error instanceof Problem ? error : null;
  const refused = problem?.again === "never";
  const left = asked.againAt === null ? null : Math.max(0, Math.ceil((asked.againAt - now.value) / 1000));
  return (
    <div class={`banner ${refused ? "w" : "f"}`} role="alert" aria-atomic="false">
      <Glyph id={refused ? "WARN" : "FAILURE"} tone={refused ? "RETRY" : "FAILURE"} />
      <div class="grow">
        <b>{visible(error.message)}</b>
        <div class="dim">
          {problem?.accepts && <>Accepted: {visible(problem.accepts)}. </>}
          {asked.at !== null && asked.data !== null && <>What you see is from {clock(asked.at, zone.value)}. </>}
          {left !== null && <span aria-live="off">Trying again in {left}{THIN}s.</span>}
        </div>
        <div class="row">
          {!refused && (
            <button type="button" class="btn" onClick={asked.again}>
              Try now
            </button>
          )}
          {problem && (
            <span class="mono faint sm cut">
              {visible(problem.code)}
              {problem.request && `, request ${visible(problem.request.slice(0, 36))}`}
            </span>
          )}
        </div>
      </div>
    </div>
  );
}

/** Its content once there is an answer, above it what is wrong with the newer one. */
export function Answered<T>({ asked, rows, height, children }: { asked: Asked<T>; rows?: number; height?: number; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {asked.error && (
        <div class="pad">
          <Failed asked={asked} />
        </div>
      )}
      {asked.data !== null ? children(asked.data) : !asked.error && <Loading rows={rows ?? 4} height={height ?? 28} />}
    </>
  );
}

/** The mark of an answer that was not read to the end. */
export function Cut({ n }: { n?: number | null }) {
  return (
    <span class="incomplete">
      <Glyph id="GAP" tone="RETRY" />
      Counted until the deadline{n !== null && n !== undefined ? `: at least ${count(n)}` : ": at least this"}
    </span>
  );
}

/** The mark of a number that could be short because not all that happened was seen. */
export function Incomplete({ share, slug }: { share: number | null; slug?: string }) {
  if (share === null || share >= 1) return null;
  return (
    <span class="incomplete">
      <Glyph id="GAP" tone="RETRY" />
      {slug && <bdi class="cut">{visible(slug)}</bdi>} {percent(share)}
      {THIN}%{!slug && " complete"}
    </span>
  );
}
