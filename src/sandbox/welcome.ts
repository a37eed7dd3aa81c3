import type { Sandbox } from './sandbox.js';
import type { Seeded } from './seed.js';

/** What a newcomer reads after `npm start`. */
export function welcome(baseUrl: string, sandbox: Sandbox, { key, userId, connectionId }: Seeded): string {
  const curl = `curl -s -H "Authorization: Bearer $KEY"`;
  const simulators = sandbox.simulators.map(({ name, url }) => `  ${name} simulator  ${url}`);
  return [
    '',
    'Mooring runs in the sandbox. No bank and no provider is real.',
    '',
    `  API             ${baseUrl}`,
    `  Documentation   ${baseUrl}/docs`,
    ...simulators,
    '',
    'Paste these:',
    '',
    `  export KEY=${key}`,
    `  ${curl} ${baseUrl}/v1/connections/${connectionId}`,
    `  ${curl} ${baseUrl}/v1/connections/${connectionId}/explain`,
    `  ${curl} -X POST ${baseUrl}/v1/connections/${connectionId}/refresh`,
    '',
    `The demo user is ${userId}. \`npm run tour\`, in another terminal, plays the whole job. Ctrl+C stops.`,
    '',
    '',
  ].join('\n');
}
