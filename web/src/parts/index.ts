// What every page is made of.
export { Ask } from "./Ask";
export { Crash, NotFound } from "./Crash";
export { Empty } from "./Empty";
export { Money } from "./Money";
export { Page } from "./Page";
export { ProblemNotice } from "./ProblemNotice";
export { Shown, Skeletons } from "./Shown";
export { StatusBadge, Tag, type Tone } from "./Tag";
export { tell } from "./tell";
