// What every page is made of.
export { AmountInput } from "./AmountInput";
export { Ask } from "./Ask";
export { beside, plainly, type Told } from "./beside";
export { Crash, NotFound } from "./Crash";
export { Empty } from "./Empty";
export { type Difference, type Editing, useEditing } from "./editing";
export { Facts } from "./Facts";
export { FormDrawer } from "./FormDrawer";
export { Money } from "./Money";
export { Page } from "./Page";
export { Panel } from "./Panel";
export { Places } from "./Places";
export { ProblemNotice } from "./ProblemNotice";
export { type Meant, SessionList } from "./SessionList";
export { Shown, Skeletons } from "./Shown";
export { StatusBadge, Tag, type Tone } from "./Tag";
export { tell } from "./tell";
export { WhatChanged } from "./WhatChanged";
