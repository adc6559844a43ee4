/** The whole number that was typed; null when it is none, such as `1.5`, `1e3` or `-2`. */
export function wholeNumber(text: string): number | null {
  const typed = text.trim();
  return /^\d{1,9}$/.test(typed) ? Number(typed) : null;
}
