// Builds the page into the Python package that serves it.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  build: { outDir: "../meadow/web/static", emptyOutDir: true, license: { fileName: "licenses.md" } },
});
