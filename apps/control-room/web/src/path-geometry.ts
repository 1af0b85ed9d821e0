export type Spot = { readonly x: number; readonly y: number };

export type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** The points of the way of a request to one copy: clients, proxy in, proxy out, copy in, copy out, store. */
export type CopyPath = readonly [Spot, Spot, Spot, Spot, Spot, Spot];

const middleOf = ({ top, bottom }: Box): number => (top + bottom) / 2;

/**
 * Lays the way to a copy between the boxes of the picture. Side by side the way goes through the middles of the sides;
 * stacked on a phone it runs down in the gap to the left of the copies and to the right of them.
 */
export const layPath = ({
  clients,
  proxy,
  copy,
  store,
}: Readonly<Record<'clients' | 'proxy' | 'copy' | 'store', Box>>): CopyPath => {
  const stacked = copy.left < proxy.right;
  if (!stacked)
    return [
      { x: (clients.left + clients.right) / 2, y: clients.bottom },
      { x: (proxy.left + proxy.right) / 2, y: proxy.top },
      { x: proxy.right, y: middleOf(proxy) },
      { x: copy.left, y: middleOf(copy) },
      { x: copy.right, y: middleOf(copy) },
      { x: store.left, y: middleOf(store) },
    ];
  return [
    { x: clients.right, y: middleOf(clients) },
    { x: proxy.left, y: middleOf(proxy) },
    { x: copy.left - 10, y: proxy.bottom },
    { x: copy.left, y: copy.top + 20 },
    { x: copy.right, y: copy.top + 20 },
    { x: copy.right + 10, y: store.top },
  ];
};

/** The progress at the end of each part of the way. */
const ends = [0, 0.2, 0.28, 0.72, 0.8, 1] as const;

const bend = (from: Spot, to: Spot, share: number): Spot => {
  // A cubic with horizontal ends, drawn by `traceLine` too.
  const half = (from.x + to.x) / 2;
  const rest = 1 - share;
  const x =
    rest ** 3 * from.x + 3 * rest ** 2 * share * half + 3 * rest * share ** 2 * half + share ** 3 * to.x;
  const y =
    rest ** 3 * from.y + 3 * rest ** 2 * share * from.y + 3 * rest * share ** 2 * to.y + share ** 3 * to.y;
  return { x, y };
};

/** Returns the place at a progress from 0 at the clients to 1 at the store. */
export const spotAt = (path: CopyPath, progress: number): Spot => {
  const part = Math.max(
    1,
    ends.findIndex((end) => progress <= end),
  );
  const from = path[part - 1] ?? path[0];
  const to = path[part] ?? path[5];
  const start = ends[part - 1] ?? 0;
  const share = (Math.min(1, progress) - start) / ((ends[part] ?? 1) - start);
  return bend(from, to, share);
};
