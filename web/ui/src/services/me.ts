// Who is signed in, and what they may do.
import { ask } from "../api";
import { shape, text, texts } from "./read";
import type { Said } from "./types";

export interface Me extends ReturnType<typeof caller> {}

export async function me(signal?: AbortSignal): Promise<Me> {
  return caller((await ask("/me", {}, signal)).item);
}

const caller = shape<Said<"Me">>()({
  subject: text,
  tenant: text,
  permissions: texts,
  /** Null: all clusters of the tenant. */
  clusters: (value) => (Array.isArray(value) ? texts(value) : null),
});
