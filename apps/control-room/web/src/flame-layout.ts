/** A function in the tree of calls of a profile. `value` contains that of its children. */
export type FlameNode = {
  readonly name: string;
  readonly value: number;
  readonly children: readonly FlameNode[];
};

export type FlameFrame = {
  readonly node: FlameNode;
  readonly depth: number;
  /** Left edge and width as shares of the whole width. */
  readonly left: number;
  readonly width: number;
  /** The nodes from the root to this one. */
  readonly path: readonly FlameNode[];
};

/** Frames narrower than this can't be seen or pointed at. */
const minWidth = 0.0015;

/**
 * Lays out the tree below the last node of `zoom` over the whole width, with the nodes above it as full-width frames.
 * An empty zoom shows everything from the root on.
 */
export const layOutFlame = (root: FlameNode, zoom: readonly FlameNode[] = []): readonly FlameFrame[] => {
  const frames: FlameFrame[] = [];
  const add = (node: FlameNode, left: number, width: number, above: readonly FlameNode[]): void => {
    if (width < minWidth) return;
    const path = [...above, node];
    frames.push({ node, depth: above.length, left, width, path });
    let from = left;
    for (const child of [...node.children].sort((a, b) => b.value - a.value)) {
      const share = node.value === 0 ? 0 : (width * child.value) / node.value;
      add(child, from, share, path);
      from += share;
    }
  };
  const base = zoom.length === 0 ? [root] : zoom;
  for (const [depth, node] of base.slice(0, -1).entries())
    frames.push({ node, depth, left: 0, width: 1, path: base.slice(0, depth + 1) });
  add(base.at(-1) ?? root, 0, 1, base.slice(0, -1));
  return frames;
};

/** Returns whether the name of a frame contains the text, upper and lower case alike. Empty text matches nothing. */
export const matchesSearch = (name: string, text: string): boolean =>
  text.trim() !== '' && name.toLowerCase().includes(text.trim().toLowerCase());

/** Returns the share of the time in functions that match, each moment once. */
export const shareOfMatches = (root: FlameNode, text: string): number => {
  const sum = (node: FlameNode): number =>
    matchesSearch(node.name, text) ? node.value : node.children.reduce((all, child) => all + sum(child), 0);
  return root.value === 0 ? 0 : sum(root) / root.value;
};

export type FunctionCost = { readonly name: string; readonly self: number; readonly total: number };

/** Returns the functions with the most time of their own, as shares of the whole. */
export const listCostliest = (root: FlameNode, limit: number): readonly FunctionCost[] => {
  const costs = new Map<string, { self: number; total: number }>();
  const visit = (node: FlameNode, above: ReadonlySet<string>): void => {
    const cost = costs.get(node.name) ?? { self: 0, total: 0 };
    cost.self += node.value - node.children.reduce((sum, { value }) => sum + value, 0);
    // The time of a function that calls itself counts once.
    if (!above.has(node.name)) cost.total += node.value;
    costs.set(node.name, cost);
    const inside = new Set(above).add(node.name);
    for (const child of node.children) visit(child, inside);
  };
  for (const child of root.children) visit(child, new Set());
  const whole = root.value || 1;
  return [...costs]
    .map(([name, { self, total }]) => ({ name, self: self / whole, total: total / whole }))
    .sort((a, b) => b.self - a.self)
    .slice(0, limit);
};
