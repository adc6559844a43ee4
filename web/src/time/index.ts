export * from "./clock";
export { typedHere } from "./typed";
export { useNow } from "./useNow";
export * from "./words";
