export * from "./clock";
export { type Conventions, conventionsHere, conventionsOf, followConventionsOf } from "./locale";
export { typedHere, typedNearest, typedPast } from "./typed";
export { typedTime } from "./typedTime";
export { useNow } from "./useNow";
export * from "./words";
