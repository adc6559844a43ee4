import type { ReactNode } from "react";
import classes from "./Tag.module.css";

export type Tone = "good" | "waiting" | "attention" | "bad" | "over" | "plain";

interface TagProps {
  readonly tone?: Tone;
  /** Whether several words may stand on several lines. */
  readonly wraps?: boolean;
  readonly children: ReactNode;
}

/** A word with a colour that means something; the word alone means it as well. */
export function Tag({ tone = "plain", wraps = false, children }: TagProps) {
  return (
    <span className={classes.tag} data-tone={tone} data-wraps={wraps || undefined}>
      {children}
    </span>
  );
}
