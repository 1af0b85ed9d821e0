import { basicAuthFaults } from './basic-auth.ts';
import { type HeaderChanges, isChangeable, type MessageSide } from './header-rules.ts';
import { networkProblems } from './networks.ts';
import type { AccessRules } from './request-guard.ts';

type Fault = { readonly pointer: string; readonly problem: string };

type Rules = AccessRules & { readonly headers?: Readonly<Partial<Record<MessageSide, HeaderChanges>>> };

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const headerFaults = (
  { set = {}, add = {}, remove = [] }: HeaderChanges,
  side: MessageSide,
): readonly Fault[] => {
  const places = [
    ...Object.keys(set).map((name) => ({ name, pointer: `/set/${escapePointer(name)}` })),
    ...Object.keys(add).map((name) => ({ name, pointer: `/add/${escapePointer(name)}` })),
    ...remove.map((name, index) => ({ name, pointer: `/remove/${index}` })),
  ];
  return places
    .filter(({ name }) => !isChangeable(name, side))
    .map(({ name, pointer }) => ({
      pointer,
      problem: `must not name ${name}, which the proxy writes itself or which frames the message`,
    }));
};

/** What the schema cannot express about the rules of a route; `at` is the pointer of the route. */
export const ruleFaults = (
  { allow = [], deny = [], basicAuth, headers = {} }: Rules,
  at: string,
): readonly Fault[] => [
  ...networkProblems(allow).map((problem) => ({ pointer: `${at}/allow`, problem })),
  ...networkProblems(deny).map((problem) => ({ pointer: `${at}/deny`, problem })),
  ...(basicAuth === undefined ? [] : basicAuthFaults(basicAuth)).map(({ pointer, problem }) => ({
    pointer: `${at}/basicAuth${pointer}`,
    problem,
  })),
  ...(['request', 'response'] as const).flatMap((side) =>
    headerFaults(headers[side] ?? {}, side).map(({ pointer, problem }) => ({
      pointer: `${at}/headers/${side}${pointer}`,
      problem,
    })),
  ),
];
