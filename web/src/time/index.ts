export * from "./clock";
export { type Conventions, conventionsHere, conventionsOf, followConventionsOf } from "./locale";
export { type Near, typedExamples, typedHere } from "./typed";
export { timeAfterDay, typedTime } from "./typedTime";
export { useNow } from "./useNow";
export * from "./words";
