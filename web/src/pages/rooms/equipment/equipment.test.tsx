import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { enter } from "@/testing/show";
import { AddWord, Rename } from "./index";

const WORD = { name: "sand_tray", label: "Sand tray", rooms: 2 };

describe("AddWord", () => {
  provesItself({
    dialog: (onClose) => <AddWord onClose={onClose} />,
    title: "Add equipment",
    fill: (user) => enter(user, /Name/, "Sand tray"),
    submit: "Save",
    request: ["post", "/api/rooms/equipment"],
    body: { label: "Sand tray", name: "sand_tray" },
    answer: WORD,
    refused: ["label", /Name/],
  });
});

describe("Rename", () => {
  provesItself({
    dialog: (onClose) => <Rename word={WORD} onClose={onClose} />,
    title: "Rename Sand tray",
    fill: (user) => enter(user, /Name/, "Sandbox"),
    submit: "Rename",
    request: ["put", "/api/rooms/equipment/{name}"],
    sentTo: "/api/rooms/equipment/sand_tray",
    body: { label: "Sandbox" },
    answer: { ...WORD, label: "Sandbox" },
    refused: ["label", /Name/],
  });
});
