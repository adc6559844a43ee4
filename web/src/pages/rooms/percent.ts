/** A share of one in whole percent; what is more than nothing is not shown as none. */
export function inPercent(share: number): string {
  return share > 0 && share < 0.01 ? "<1%" : `${Math.round(100 * share)}%`;
}
