// Each of Mantine's components brings its own styles: a page loads those of what it shows, not those of the whole library.
import { existsSync, readFileSync } from "node:fs";
import postcss, { type ChildNode, type Container, type Root } from "postcss";
import type { Plugin } from "vite";

/** Where a component keeps the names of its classes: `@mantine/core/esm/components/Button/Button.module.mjs`. */
const CLASS_NAMES = /^(.*\/@mantine\/\w+)\/esm\/.*\.module\.mjs$/;
const STYLESHEET = /^(.*\/@mantine\/\w+)\/styles\.layer\.css$/;
const OF_A_COMPONENT = /\.module\.mjs\.css$/;
/** Every class and animation of a component is called so. */
const NAMES = /m_[0-9a-f]+/g;

/** In a build, leave what belongs to no component in the `styles.layer.css` of a package, and import the rest beside the component.
 *
 * All of it is in a layer: in whatever order a page loads stylesheets, the front's own rules come before those of a component.
 */
export function componentStyles(): Plugin {
  const sheets = new Map<string, Root>();

  function sheetOf(folder: string): Root {
    const known = sheets.get(folder);
    if (known) {
      return known;
    }
    const file = `${folder}/styles.layer.css`;
    const sheet = existsSync(file) ? postcss.parse(readFileSync(file, "utf8")) : postcss.root();
    sheets.set(folder, sheet);
    return sheet;
  }

  return {
    name: "component-styles",
    apply: "build",
    enforce: "pre",
    load: {
      order: "pre",
      handler(id) {
        const folder = STYLESHEET.exec(id)?.[1];
        if (folder) {
          return withRules(sheetOf(folder), (names) => names.size === 0);
        }
        const names = OF_A_COMPONENT.test(id) ? CLASS_NAMES.exec(id.replace(/\.css$/, "")) : null;
        if (names?.[1]) {
          const own = namesIn(readFileSync(id.replace(/\.css$/, ""), "utf8"));
          return withRules(sheetOf(names[1]), (named) => [...named].some((name) => own.has(name)));
        }
        return null;
      },
    },
    resolveId: {
      order: "pre",
      handler: (id) => (OF_A_COMPONENT.test(id) ? { id, moduleSideEffects: true } : null),
    },
    transform: {
      filter: { id: CLASS_NAMES },
      handler: (code, id) => ({ code: `import ${JSON.stringify(`${id}.css`)};\n${code}`, map: null }),
    },
  };
}

function namesIn(text: string): Set<string> {
  return new Set(text.match(NAMES));
}

/** A stylesheet with those rules alone whose names are among these, in their order, and the animations that they use. */
export function withRules(sheet: Root, areMeant: (names: ReadonlySet<string>) => boolean): string {
  const kept = sheet.clone();
  keepRules(kept, areMeant);
  const used = namesIn(kept.toString());
  sheet.walkAtRules("keyframes", (animation) => {
    if (namesIn(animation.params).size === 0 ? areMeant(new Set()) : used.has(animation.params)) {
      kept.append(animation.clone());
    }
  });
  return kept.toString();
}

function keepRules(among: Container<ChildNode>, areMeant: (names: ReadonlySet<string>) => boolean): void {
  for (const node of [...(among.nodes ?? [])]) {
    if (node.type === "rule") {
      if (!areMeant(namesIn(node.selector))) {
        node.remove();
      }
    } else if (node.type === "atrule" && node.name !== "keyframes") {
      keepRules(node, areMeant);
      if (node.nodes?.length === 0) {
        node.remove();
      }
    } else {
      node.remove();
    }
  }
}
