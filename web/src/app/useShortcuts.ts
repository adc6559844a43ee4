// The keyboard: `g` and a letter goes somewhere, `?` shows the help. Both can be switched off, for who dictates or types blind.
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { isTyping, useAt, useKeySwitch } from "@/ui";
import { NAVIGATION } from "./routes";

const SEQUENCE_MS = 1200;

/** Listens to the shortcuts wherever nobody is typing. */
export function useShortcuts(help: () => void): void {
  const [on] = useKeySwitch();
  const navigate = useNavigate();
  const at = useAt();

  useEffect(() => {
    let goes = 0;
    function press(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
        return;
      }
      if (event.key === "?") {
        help();
      } else if (Date.now() - goes < SEQUENCE_MS) {
        const page = NAVIGATION.find(({ key }) => key === event.key);
        if (page) {
          event.preventDefault();
          void navigate(at(`/${page.path}`));
        }
        goes = 0;
      } else if (event.key === "g") {
        goes = Date.now();
      }
    }
    if (!on) {
      return;
    }
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [on, help, navigate, at]);
}
