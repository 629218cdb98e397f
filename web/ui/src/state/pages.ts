// The pages of the site, in the order of the navigation.
import { link, path } from "./location";

export interface PageLink {
  path: string;
  words: string;
  /** Id of an icon in index.html, without its i-. */
  icon: string;
  /** The key that leads there after G. */
  key: string;
}

const page = (path: string, words: string, icon: string, key: string): PageLink => ({ path, words, icon, key });

export const PAGES: readonly PageLink[] = [
  page("/", "Overview", "overview", "o"),
  page("/tasks", "Tasks", "tasks", "t"),
  page("/workers", "Workers", "workers", "w"),
  page("/commands", "Commands", "commands", "c"),
];

/** Whether one is on the page or on one below it. */
export const current = (page: string): boolean => (page === "/" ? path.value === "/" : path.value === page || path.value.startsWith(`${page}/`));

export const taskPath = (task: { id: string; cluster: string }): string => link(`/tasks/${encodeURIComponent(task.id)}`, { in: task.cluster });

export const workerPath = (worker: { hostname: string; cluster: string }): string => link(`/workers/${encodeURIComponent(worker.hostname)}`, { in: worker.cluster });
