import { expect, it } from "vitest";
import { conventionsOf } from "./locale";
import { clockInWords } from "./text";
import { timeAfterDay, typedTime } from "./typedTime";

const NEW_YORK = conventionsOf("America/New_York");
const BERLIN = conventionsOf("Europe/Berlin");

it.each([
  ["9", "09:00", "09:00"],
  ["930", "09:30", "09:30"],
  ["14:30", "14:30", "14:30"],
  ["14.30", "14:30", "14:30"],
  ["2:30 pm", "14:30", "14:30"],
  ["2p", "14:00", "14:00"],
  ["12:15 AM", "00:15", "00:15"],
  ["2:30", "14:30", "02:30"],
  ["02:30", "02:30", "02:30"],
  ["14 Uhr", "14:00", "14:00"],
  ["3 Uhr", "03:00", "03:00"],
  ["9h", "09:00", "09:00"],
  ["9h30", "09:30", "09:30"],
  ["10:30:00", "10:30", "10:30"],
  ["2:30:00 PM", "14:30", "14:30"],
  ["10:30:15", null, null],
  ["1030:00", null, null],
  ["midnight", "00:00", "00:00"],
  ["Noon", "12:00", "12:00"],
  ["25:00", null, null],
  ["13 pm", null, null],
  ["9:7", null, null],
  ["soon", null, null],
])("reads %s as %s in New York and as %s in Berlin", (text, newYork, berlin) => {
  expect(typedTime(text, NEW_YORK)).toBe(newYork);
  expect(typedTime(text, BERLIN)).toBe(berlin);
});

it.each(["00:00", "06:05", "12:00", "13:45", "23:59"])("reads %s as it writes it", (time) => {
  expect(typedTime(clockInWords(time, NEW_YORK), NEW_YORK)).toBe(time);
  expect(typedTime(clockInWords(time, BERLIN), BERLIN)).toBe(time);
});

it.each([
  ["tue 3pm", "3pm"],
  ["12/1 2:30 pm", "2:30 pm"],
  ["1 Dec 14:30", "14:30"],
  ["soon", null],
  ["25:00", null],
])("finds the time that stands after a day in %s", (text, time) => {
  expect(timeAfterDay(text)).toBe(time);
});
