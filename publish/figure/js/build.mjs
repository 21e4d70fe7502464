// Builds dist/ from src/: the bundle, the licences of what is in it, and the
// hash by which a Go test finds out that the bundle is older than its sources.

import {createHash} from "node:crypto";
import {readFileSync, readdirSync, writeFileSync} from "node:fs";
import {build} from "esbuild";

// Parts of Plot that a drawn figure never uses are left out of the bundle.
const without = /\/(projection|legends|interactions\/pointer|marks\/tip)\.js$/;
const leaveOut = {
  name: "leave-out",
  setup(b) {
    b.onLoad({filter: without}, ({path}) => (path.includes("@observablehq") ? {contents: readFileSync("src/without.js", "utf8"), loader: "js"} : null));
  }
};

const result = await build({
  entryPoints: ["src/main.js"],
  outfile: "dist/figure.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none",
  charset: "ascii",
  metafile: true,
  plugins: [leaveOut]
});

const manifest = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
const packages = new Set();
for (const [path, {bytesInOutput}] of Object.entries(Object.values(result.metafile.outputs)[0].inputs)) {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (name && bytesInOutput > 0) packages.add(name);
}
// The d3 packages come with what they depend on already inside them.
for (const name of [...packages].filter((p) => p.startsWith("d3-"))) {
  for (const inside of Object.keys(manifest(name).dependencies ?? {})) packages.add(inside);
}
const licences = [...packages].sort().map((name) => {
  const {version, license} = manifest(name);
  const file = readdirSync(`node_modules/${name}`).find((f) => /^licen[cs]e/i.test(f));
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(`node_modules/${name}/${file}`, "utf8").trim()}\n`;
});
writeFileSync("dist/LICENSES.txt", "figure.js contains parts of these packages.\n\n" + licences.join("\n" + "-".repeat(72) + "\n\n"));

const hash = createHash("sha256");
for (const path of [...readdirSync("src").sort().map((f) => "src/" + f), "build.mjs", "package.json", "package-lock.json"]) {
  hash.update(path + "\0").update(readFileSync(path)).update("\0");
}
writeFileSync("dist/SOURCES.sha256", hash.digest("hex") + "\n");
console.log(`dist/figure.js: ${readFileSync("dist/figure.js").length} bytes, ${packages.size} packages`);
