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
  },
});
