export * from "./clock";
export { useNow } from "./useNow";
export * from "./words";
