/** The messages of an AsyncAPI document, as its own parser reads them. */

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

/**
 * Parse a document.
 * @param {string} path of an AsyncAPI document; what it refers to is read beside it
 * @returns {Promise<{document: import("@asyncapi/parser").AsyncAPIDocumentInterface | undefined, diagnostics: object[]}>}
 */
export async function parsed(path) {
  return await new Parser().parse(readFileSync(path, "utf8"), { source: path });
}
