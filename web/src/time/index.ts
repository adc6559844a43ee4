export * from "./clock";
export { type Conventions, conventionsHere, conventionsOf, followConventionsOf } from "./locale";
export { typedHere } from "./typed";
export { typedTime } from "./typedTime";
export { useNow } from "./useNow";
export * from "./words";
