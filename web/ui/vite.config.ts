// Builds the page into the Python package that serves it.
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  test: { css: { include: /tokens/ } },
  build: {
    outDir: "../meadow/web/static",
    emptyOutDir: true,
    license: { fileName: "licenses.md" },
    assetsInlineLimit: 0, // the page's policy allows no data: URLs
    target: ["chrome123", "firefox121", "safari17.5"], // the first with light-dark(), which would be polyfilled below them
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Few pieces, because small ones compress badly: what every page needs, what draws, what tasks need, and each page.
      output: {
        codeSplitting: {
          groups: [
            { name: "shared", priority: 2, test: /node_modules\/@?preact|src\/(parts\/(shell|boxes|figures|panel|text)|state\/(filter|asked|settled|states)|services\/(facets|workers)\.)/ },
            { name: "charts", priority: 2, test: /src\/(parts\/(timechart|bars|tip|table|act|percentiles)|state\/(axis|scale|buckets|size|crew|bands|trend)|services\/trends)/ },
            { name: "story", priority: 1, test: /src\/(parts|state|services)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
