// What a browser has and jsdom lacks, as far as components need it.
import { vi } from "vitest";

const NodesRequest = globalThis.Request;

/** A request whose address may be that of the page, without its origin. */
class PagesRequest extends NodesRequest {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, window.location.href) : input, init);
  }
}

vi.stubGlobal("Request", PagesRequest);
vi.stubGlobal("matchMedia", (media: string) => ({
  media,
  matches: false,
  addEventListener() {},
  removeEventListener() {},
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
Element.prototype.scrollIntoView = () => {};
Element.prototype.scrollTo = () => {};
Object.defineProperty(document, "fonts", { value: new EventTarget() });
