export * from "./clock";
export { type Conventions, conventionsHere, conventionsOf, followConventionsOf, zoneHere } from "./locale";
export * from "./text";
export { isNoSuchDayHere, type Near, typedExamples, typedHere } from "./typed";
export { typedMinutes } from "./typedDuration";
export { timeAfterDay, typedTime } from "./typedTime";
export { useNow } from "./useNow";
