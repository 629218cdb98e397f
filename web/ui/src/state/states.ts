// The states of tasks and workers: a glyph, a word and a class of colour for each, the same everywhere.

export interface Look {
  /** Id of a symbol in index.html. */
  glyph: string;
  /** Class that carries the colour. */
  tone: string;
  word: string;
}

const look = (glyph: string, word: string, tone = glyph): Look => ({ glyph, tone, word });

const SCHEDULED = look("SCHEDULED", "Scheduled");

const TASK: Readonly<Record<string, Look>> = {
  PENDING: look("SENT", "Waiting"),
  RECEIVED: look("RECEIVED", "Received"),
  SCHEDULED,
  STARTED: look("STARTED", "Running"),
  SUCCESS: look("SUCCESS", "Succeeded"),
  RETRY: look("RETRY", "Retrying"),
  FAILURE: look("FAILURE", "Failed"),
  REVOKED: look("REVOKED", "Revoked"),
  REJECTED: look("REJECTED", "Rejected", "REVOKED"),
  LOST: look("LOST", "Lost"),
};

/** The states one can ask for, in the order of a task's life. */
export const STATES = Object.keys(TASK);

/** States nothing follows. */
export const FINAL: ReadonlySet<string> = new Set(["SUCCESS", "FAILURE", "REVOKED", "REJECTED", "LOST"]);

/** A custom state is shown as it is. A waiting task that is due later is scheduled. */
export function taskLook(state: string, eta: number | null = null, now = 0): Look {
  if ((state === "PENDING" || state === "RECEIVED") && eta !== null && eta > now) return SCHEDULED;
  return TASK[state] ?? { glyph: "STARTED", tone: "STARTED", word: state || "Unknown" };
}

const WORKER: Readonly<Record<string, Look>> = {
  online: look("ON", "Online", "SUCCESS"),
  silent: look("WARN", "Silent", "RETRY"),
  offline: look("OFF", "Offline"),
};

export const WORKER_STATES = ["offline", "silent", "online"];

export const workerLook = (state: string): Look => WORKER[state] ?? { glyph: "LOST", tone: "QUIET", word: state || "Unknown" };
