import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { THERAPIST } from "@/testing/samples";
import { enter } from "@/testing/show";
import { TherapistForm } from "./TherapistForm";

describe("TherapistForm", () => {
  provesItself({
    dialog: (onClose) => <TherapistForm therapist={THERAPIST} onClose={onClose} onDone={onClose} />,
    title: "Edit Ruth Okafor",
    fill: (user) => enter(user, /NPI/, "1234567893"),
    submit: "Save",
    request: ["patch", "/api/scheduling/therapists/{therapist_id}"],
    sentTo: `/api/scheduling/therapists/${THERAPIST.id}`,
    ifMatch: "3",
    body: { npi: "1234567893" },
    answer: THERAPIST,
    refused: ["npi", /NPI/],
  });
});
