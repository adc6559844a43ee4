// Words of a search, as the services look for them: every one must occur, whatever its case and its accents.
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

export function hasEveryWord(text: string, words: string): boolean {
  const where = folded(text);
  return folded(words)
    .split(/[\s,;]+/)
    .every((word) => where.includes(word));
}
