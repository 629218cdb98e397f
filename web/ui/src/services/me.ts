// Who is signed in, and what they may do.
import { ask } from "../api";
import { list, object, text, texts } from "./read";

export interface Me {
  subject: string;
  tenant: string;
  permissions: string[];
  /** Null: all clusters of the tenant. */
  clusters: string[] | null;
}

export async function me(signal?: AbortSignal): Promise<Me> {
  const item = object((await ask("/me", {}, signal)).item);
  return {
    subject: text(item.subject),
    tenant: text(item.tenant),
    permissions: list(item.permissions).map(text),
    clusters: Array.isArray(item.clusters) ? texts(item.clusters) : null,
  };
}
