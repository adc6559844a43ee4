/** The days of a week, as rooms names them and as people do. */
export const WEEKDAYS: readonly (readonly [key: string, name: string])[] = [
  ["mon", "Monday"],
  ["tue", "Tuesday"],
  ["wed", "Wednesday"],
  ["thu", "Thursday"],
  ["fri", "Friday"],
  ["sat", "Saturday"],
  ["sun", "Sunday"],
];
