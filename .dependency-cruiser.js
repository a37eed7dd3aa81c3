/** Who may import whom. `test/architecture/layers.spec.ts` runs these rules. */
const inside = (room) => `^src/${room}/`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    forbid('no-cycles', 'A cycle has no inside and no outside.', {}, { circular: true }),
    forbid(
      'config-stands-alone',
      'Configuration imports nothing of ours.',
      { path: inside('config') },
      { path: '^src/', pathNot: inside('config') },
    ),
    forbid(
      'contract-stands-alone',
      'The contract with providers imports nothing.',
      { path: inside('credentials') },
      { pathNot: inside('credentials') },
    ),
    forbid(
      'platform-knows-no-feature',
      'Platform imports config and itself.',
      { path: inside('platform') },
      { path: '^src/', pathNot: '^src/(platform|config)/' },
    ),
    forbid(
      'provider-knows-the-contract-only',
      'A provider imports credentials, config, platform and itself, never a sibling.',
      { path: '^src/providers/([^/]+)/', pathNot: inside('providers/registry') },
      { path: '^src/', pathNot: ['^src/(credentials|config|platform)/', '^src/providers/$1/'] },
    ),
    forbid(
      'registry-opens-provider-modules-only',
      'The registry sees of a provider its module and its list of ports.',
      { path: inside('providers/registry') },
      { path: '^src/providers/', pathNot: ['^src/providers/registry/', '\\.(module|provider)\\.ts$'] },
    ),
    forbid(
      'nobody-imports-a-provider',
      'The core does not learn the names of providers.',
      { path: '^src/', pathNot: '^src/providers/' },
      { path: '^src/providers/', pathNot: inside('providers/registry') },
    ),
    forbid(
      'domain-is-pure',
      'Decisions know the contract and nothing else: no framework, no database, no clock.',
      { path: inside('connections/domain'), pathNot: '\\.spec\\.ts$' },
      { pathNot: ['^src/connections/domain/', inside('credentials')] },
    ),
    forbid(
      'nothing-imports-http',
      'Controllers and DTOs are the edge.',
      { path: '^src/', pathNot: ['/http/', '\\.module\\.ts$'] },
      { path: '^src/[^/]+/http/', pathNot: inside('platform') },
    ),
    forbid(
      'rooms-keep-their-http',
      'No room uses the controllers or DTOs of another.',
      { path: '^src/([^/]+)/' },
      { path: '^src/[^/]+/http/', pathNot: ['^src/$1/', inside('platform')] },
    ),
    forbid(
      'nothing-imports-admin',
      'The operator REST is an edge.',
      { path: '^src/', pathNot: ['^src/admin/', '^src/app\\.module\\.ts$'] },
      { path: inside('admin') },
    ),
    forbid(
      'nothing-imports-tasks',
      'Scheduled tasks are an edge.',
      { path: '^src/', pathNot: inside('sync') },
      { path: inside('sync/tasks') },
    ),
    forbid(
      'users-do-not-know-connections',
      'Connections know users; a deletion of both is in erasure.',
      { path: inside('users') },
      { path: '^src/(connections|erasure)/' },
    ),
    forbid(
      'access-and-cache-are-below',
      'Access and cache serve every room and know none.',
      { path: '^src/(access|cache|audit)/' },
      { path: '^src/(connections|users|erasure|sync|providers|admin|sandbox|account-data|webhooks|link-sessions)/' },
    ),
    forbid(
      'connections-do-not-know-their-followers',
      'Account data, webhooks and sync hear of changes through ConnectionChanges.',
      { path: inside('connections') },
      { path: '^src/(account-data|webhooks|sync|erasure|link-sessions|admin)/' },
    ),
    forbid(
      'outgoing-events-know-connections-only',
      'Whoever has an event adds it to the outbox; the outbox does not fetch.',
      { path: inside('webhooks/outbound') },
      { path: '^src/(account-data|sync|erasure|link-sessions|admin|providers|webhooks/inbound)/' },
    ),
    forbid(
      'sandbox-stays-outside',
      'Only the start may know that providers are simulated.',
      { path: '^src/', pathNot: ['^src/sandbox/', '^src/main\\.ts$'] },
      { path: inside('sandbox') },
    ),
    forbid(
      'simulators-know-no-product',
      'A simulator is the vendor: it imports nothing of the product but the clock.',
      { path: '^src/sandbox/(tink|flanks|flinks|simulator)/' },
      { path: '^src/', pathNot: ['^src/sandbox/(tink|flanks|flinks|simulator)/', '^src/platform/time/'] },
    ),
    forbid(
      'migrations-stand-alone',
      'A migration never changes with the code.',
      { path: '^migrations/' },
      { path: '^(src|test)/' },
    ),
    forbid(
      'source-knows-no-tests',
      'Nothing that ships imports a test.',
      { path: '^src/', pathNot: '\\.spec\\.ts$' },
      { path: '^test/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
  },
};
