import { ConfigError } from '@tripod/shared/config/config-error';
import { findProgram } from '@tripod/shared/os/find-program';

/** A load balancer that the stack can start. */
export type Balancer = {
  /** The value of `--proxy` of the stack. */
  readonly name: string;
  /** The name of its process in the stack. */
  readonly process: string;
  /** The program that must be installed. Undefined for an engine of our proxy. */
  readonly program: string | undefined;
};

const ours = (name: string): Balancer => ({ name, process: 'proxy', program: undefined });

/** Every load balancer, in the order of the results. The only list. */
export const balancers: readonly Balancer[] = [
  ours('direct'),
  ours('http-proxy'),
  { name: 'nginx', process: 'nginx', program: 'nginx' },
];

/** Whether it is an engine of our proxy, for which a hypothesis must hold. */
export const isOurs = ({ program }: Balancer): boolean => program === undefined;

export type BalancerChoice = {
  readonly chosen: readonly Balancer[];
  /** One sentence for each that is left out because it is not installed. */
  readonly left: readonly string[];
};

/** Chooses the installed ones among the named (default: all). Throws a ConfigError for an unknown name. */
export const chooseBalancers = (names: readonly string[] | undefined, searchPath: string): BalancerChoice => {
  const known = balancers.map(({ name }) => name);
  const unknown = (names ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const problem = `must name load balancers among ${known.join(', ')}, and names ${unknown.join(', ')}`;
    throw new ConfigError([{ source: '--proxy', problem }]);
  }
  const wanted = balancers.filter(({ name }) => names?.includes(name) ?? true);
  const isInstalled = ({ program }: Balancer): boolean =>
    program === undefined || findProgram(program, searchPath) !== undefined;
  return {
    chosen: wanted.filter(isInstalled),
    left: wanted
      .filter((one) => !isInstalled(one))
      .map(({ name, program }) => `${name} is left out, because ${program} is not installed.`),
  };
};
