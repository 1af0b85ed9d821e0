import type { IForbiddenRuleType } from 'dependency-cruiser';

type Rule = IForbiddenRuleType & { readonly name: string; readonly comment: string };

const source = '^(apps|packages)/[^/]+/src/';

/**
 * The imports that the architecture forbids. Paths are regular expressions on files; type imports count like others.
 */
export const dependencyRules: readonly Rule[] = [
  {
    name: 'apps-import-no-other-app',
    comment: 'The stack starts the other apps as processes; what two apps share belongs in a package.',
    from: { path: '^apps/([^/]+)/src/' },
    to: { path: '^apps/', pathNot: '^apps/$1/' },
  },
  {
    name: 'packages-import-no-app',
    comment: 'Packages know nothing of the apps that use them.',
    from: { path: '^packages/[^/]+/src/' },
    to: { path: '^apps/' },
  },
  {
    name: 'shared-imports-no-other-package',
    comment: 'Every package may use shared, so shared uses none.',
    from: { path: '^packages/shared/src/' },
    to: { path: '^packages/', pathNot: '^packages/shared/' },
  },
  {
    name: 'production-code-imports-no-test-code',
    comment: 'packages/testing and the test folders are for tests.',
    from: { path: source, pathNot: '^packages/testing/' },
    to: { path: ['^packages/testing/', '^test/', '^(apps|packages)/[^/]+/test/'] },
  },
  {
    name: 'production-code-imports-no-tools',
    comment:
      'bench, conformance and scripts are run by developers; what production code shares with them belongs in a package.',
    from: { path: source },
    to: { path: '^(bench|conformance|scripts)/' },
  },
  {
    name: 'nothing-imports-cli',
    comment: 'Imports point one way: cli, start, server, then the rooms.',
    from: { path: source },
    to: { path: '^apps/[^/]+/src/cli[.]ts$' },
  },
  {
    name: 'only-cli-imports-start',
    comment:
      'Imports point one way: cli, start, server, then the rooms. embedded-proxy is the door for other programs.',
    from: { path: '^apps/[^/]+/src/', pathNot: '/src/(cli|embedded-proxy)[.]ts$' },
    to: { path: '^apps/[^/]+/src/start[.]ts$' },
  },
  {
    name: 'only-start-imports-server',
    comment: 'Imports point one way: cli, start, server, then the rooms.',
    from: { path: '^apps/[^/]+/src/', pathNot: '/src/(cli|start)[.]ts$' },
    to: { path: '^apps/[^/]+/src/server[.]ts$' },
  },
  {
    name: 'static-server-uses-no-database',
    comment: 'The static server serves files only.',
    from: { path: '^apps/static-server/src/' },
    to: { path: '^packages/(database|embedded-postgres)/' },
  },
  {
    name: 'balancing-imports-no-other-room',
    comment: 'balancing chooses an upstream; it knows neither requests nor configuration.',
    from: { path: '^apps/proxy/src/balancing/' },
    to: { path: '^apps/proxy/src/', pathNot: '^apps/proxy/src/balancing/' },
  },
  {
    name: 'routing-and-health-import-balancing-only',
    comment:
      'Routes and checks work on upstream pools; they do not forward and are not administered by themselves.',
    from: { path: '^apps/proxy/src/(routing|health)/' },
    to: { path: '^apps/proxy/src/(forwarding|admin|[^/]+[.]ts)' },
  },
  {
    name: 'forwarding-imports-no-admin',
    comment: 'forwarding uses routing, health and balancing only.',
    from: { path: '^apps/proxy/src/forwarding/' },
    to: { path: '^apps/proxy/src/(admin/|[^/]+[.]ts)' },
  },
  {
    name: 'only-hardened-package-imports-http-proxy',
    comment: 'The package needs the guards of forwarding/http-proxy/hardened-package.ts.',
    from: { path: source, pathNot: '^apps/proxy/src/forwarding/http-proxy/hardened-package[.]ts$' },
    to: { path: 'node_modules/http-proxy/' },
  },
  {
    name: 'only-database-packages-import-pg-and-knex',
    comment:
      'packages/database checks durability and gives failures their codes; pg and knex by themselves do not.',
    from: { path: source, pathNot: ['^packages/(database|embedded-postgres|testing)/', '/migrations/'] },
    to: { path: 'node_modules/(pg|knex)/' },
  },
  {
    name: 'few-files-import-node-process',
    comment: 'Only cli.ts, shared/process, shared/os and embedded-postgres touch the process.',
    from: {
      path: source,
      pathNot: [
        '/src/cli[.]ts$',
        '^packages/shared/src/(process|os)/',
        '^packages/(embedded-postgres|testing)/',
      ],
    },
    to: { path: '^(node:)?process$' },
  },
];
