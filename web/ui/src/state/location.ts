// Where one is: the path and the query, as signals over the History API. Whatever a page shows is in here.
import { signal } from "@preact/signals";

export type Change = Record<string, string | null>;

const KEPT = ["cluster", "from", "to"]; // what every page takes along

export const path = signal(location.pathname);
export const query = signal(new URLSearchParams(location.search));

function read(): void {
  path.value = location.pathname;
  query.value = new URLSearchParams(location.search);
}

addEventListener("popstate", read);

/** Goes to a page of this site; the way back leads here. */
export function go(href: string): void {
  history.pushState(null, "", href);
  read();
}

/** Goes elsewhere without leaving a way back here. */
export function replace(href: string): void {
  history.replaceState(null, "", href);
  read();
}

/** The address of a page, with the scope and range of the present one, and `change`. */
export function link(to: string, change: Change = {}): string {
  const search = new URLSearchParams();
  for (const name of KEPT) {
    const value = query.value.get(name);
    if (value) search.set(name, value);
  }
  return written(to, search, change);
}

/** This page with other parameters. */
export const here = (change: Change): string => written(path.value, new URLSearchParams(query.value), change);

/** Changes parameters of this page; `keep` leaves a way back to how it was. */
export function put(change: Change, keep = false): void {
  (keep ? go : replace)(here(change));
}

export function written(to: string, search: URLSearchParams, change: Change): string {
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") search.delete(name);
    else search.set(name, value);
  }
  const said = search.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return said ? `${to}?${said}` : to;
}

/** Takes clicks on links of this site, so that they change the page instead of loading it. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const anchor = event.target instanceof Element ? event.target.closest("a") : null;
  if (!(anchor instanceof HTMLAnchorElement) || anchor.target || anchor.hasAttribute("download") || !anchor.href) return;
  if (anchor.origin !== location.origin || anchor.pathname.startsWith("/api/") || anchor.hash) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
}

/** `next` if it is a page of this site, else the overview. */
export function safeNext(next: string | null, origin: string): string {
  try {
    const url = new URL(next ?? "/", origin);
    return url.origin === origin ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}
