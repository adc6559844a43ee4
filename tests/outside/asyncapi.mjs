/**
 * Print what the AsyncAPI parser reads in each document and what it finds wrong: one line of JSON for each.
 *
 *     node asyncapi.mjs DOCUMENT...
 */

import { parsed } from "./described.mjs";

for (const path of process.argv.slice(2)) {
  const { document, diagnostics } = await parsed(path);
  const channels = document?.channels().all() ?? [];
  const findings = diagnostics.map(({ severity, code, message, path: place }) => ({
    severity,
    code,
    message,
    place: place.join("."),
  }));
  console.log(JSON.stringify({ path, addresses: channels.map((channel) => channel.address()), findings }));
}
