// Loading by id, together: whatever is asked for within a moment is one request.

/** Components of one page are rendered within so long a time. */
const GATHER_MS = 10;

interface Wanted<Item> {
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Return a loader of single items that calls `load` with at most `atMost` ids for all of those asked for together. */
export function batched<Item extends { readonly id: string }>(
  atMost: number,
  load: (ids: string[]) => Promise<readonly Item[]>,
): (id: string) => Promise<Item | undefined> {
  let wanted = new Map<string, Wanted<Item>[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function loadNow(some: Map<string, Wanted<Item>[]>): Promise<void> {
    try {
      const found = new Map((await load([...some.keys()])).map((item) => [item.id, item]));
      some.forEach((waiting, id) => {
        for (const { resolve } of waiting) {
          resolve(found.get(id));
        }
      });
    } catch (error) {
      for (const { reject } of [...some.values()].flat()) {
        reject(error);
      }
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const some = wanted;
    wanted = new Map();
    void loadNow(some);
  }

  return (id) =>
    new Promise((resolve, reject) => {
      wanted.set(id, [...(wanted.get(id) ?? []), { resolve, reject }]);
      if (wanted.size >= atMost) {
        flush();
      } else {
        timer ??= setTimeout(flush, GATHER_MS);
      }
    });
}
