// Which cluster the page is about.
import { all, scope } from "../state/field";
import { put } from "../state/location";
import { Icon } from "./glyphs";
import { Option, Pop } from "./pop";
import { Said } from "./text";
import { ClusterGlyph } from "./side";

export function ScopePicker() {
  const clusters = all.value.data ?? [];
  const chosen = clusters.find((each) => each.slug === scope.value);
  const face = (
    <>
      {chosen && <ClusterGlyph cluster={chosen} />}
      <span class="cut scope">
        {scope.value ? (
          <Said text={scope.value} />
        ) : (
          <>
            All<span class="hide-s"> clusters</span>
          </>
        )}
      </span>
      <Icon id="down" size={14} />
    </>
  );
  return (
    <Pop face={face} title="Which cluster">
      {(close) => {
        const pick = (slug: string | null) => (): void => (close(), put({ cluster: slug }, true));
        return (
          <>
            <div class="h">Show</div>
            <Option on={!scope.value} act={pick(null)}>
              All clusters
            </Option>
            {clusters.map((each) => (
              <Option key={each.slug} on={scope.value === each.slug} act={pick(each.slug)}>
                <ClusterGlyph cluster={each} />
                <span class="cut grow">
                  <Said text={each.slug} />
                </span>
                <span class="faint sm cut">{each.broker}</span>
              </Option>
            ))}
          </>
        );
      }}
    </Pop>
  );
}
