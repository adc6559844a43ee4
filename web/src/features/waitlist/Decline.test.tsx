import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { ENTRY, SESSION } from "@/testing/samples";
import { Decline } from "./Decline";

describe("Decline", () => {
  provesItself({
    dialog: (onClose) => <Decline entry={ENTRY} onClose={onClose} />,
    title: "Decline the slot for Jonas Reed?",
    submit: "Decline",
    request: ["post", "/api/scheduling/waitlist/{entry_id}/decline"],
    sentTo: `/api/scheduling/waitlist/${ENTRY.id}/decline`,
    answer: { ...SESSION, status: "cancelled" },
  });
});
