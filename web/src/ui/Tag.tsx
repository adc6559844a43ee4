import type { ReactNode } from "react";
import classes from "./Tag.module.css";

export type Tone = "good" | "waiting" | "attention" | "bad" | "over" | "plain";

/** A word with a colour that means something; the word alone means it as well. */
export function Tag({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
