// No page is here.
import { Empty } from "../parts/boxes";
import { link } from "../state/location";
import { useTitle } from "../state/title";

export function Missing(_: { id: string }) {
  useTitle("Not found");
  return (
    <div class="page">
      <Empty title="No page is here">
        <p class="dim">The address may be of a newer Meadow, or mistyped.</p>
        <div class="row">
          <a class="btn" href={link("/")}>
            Overview
          </a>
          <a class="btn" href={link("/tasks")}>
            Tasks
          </a>
        </div>
      </Empty>
    </div>
  );
}
