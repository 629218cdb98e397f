// Builds the page into the Python package that serves it.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  build: {
    outDir: "../meadow/web/static",
    emptyOutDir: true,
    license: { fileName: "licenses.md" },
    assetsInlineLimit: 0, // the page's policy allows no data: URLs
    target: ["chrome123", "firefox121", "safari17.5"], // the first with light-dark(), which would be polyfilled below them
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // What pages share travels in few pieces, because small ones compress badly; what only tasks need travels with them.
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "story", priority: 2, test: /src\/(parts\/(gantt|copy|payload|revoke|about|dialog|taskcells)|state\/(gantt|usestory|soon)|services\/(commands|events|live|sse|story))/ },
            { name: "shared", priority: 1, test: /src\/(api|parts|services|state)|node_modules\/@?preact/, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
