/** Something with a name that must start after others. */
export type Dependent = { readonly name: string; readonly needs: readonly string[] };

/** Needs that are not among `units` do not count: a service that is switched off delays no other. */
const needsOf = <U extends Dependent>(unit: U, units: readonly U[]): readonly U[] =>
  units.filter(({ name }) => unit.needs.includes(name));

/**
 * Groups units into steps, each of which needs only units of earlier steps. Throws an Error when needs form a cycle.
 */
export const orderByNeeds = <U extends Dependent>(units: readonly U[]): readonly (readonly U[])[] => {
  const steps: (readonly U[])[] = [];
  const placed = new Set<U>();
  while (placed.size < units.length) {
    const step = units.filter(
      (unit) => !placed.has(unit) && needsOf(unit, units).every((need) => placed.has(need)),
    );
    if (step.length === 0) {
      const rest = units.filter((unit) => !placed.has(unit)).map(({ name }) => name);
      throw new Error(`These services need each other in a cycle: ${rest.join(', ')}`);
    }
    for (const unit of step) placed.add(unit);
    steps.push(step);
  }
  return steps;
};
