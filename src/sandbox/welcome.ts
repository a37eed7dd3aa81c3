import type { SandboxNote } from './sandbox-note.js';
import type { Seeded } from './seed/seed.js';

/** What a newcomer reads after `npm start`. */
export function welcome(
  { url: baseUrl, simulators: running }: SandboxNote,
  { key, userId, connectionId }: Seeded,
): string {
  const curl = `curl -s -H "Authorization: Bearer $KEY"`;
  const simulators = Object.entries(running).map(([name, url]) => `  ${name} (simulated)`.padEnd(22) + url);
  return [
    '',
    'Mooring runs in the sandbox. No bank and no provider is real.',
    '',
    `  API                 ${baseUrl}`,
    `  Documentation       ${baseUrl}/docs`,
    ...simulators,
    '',
    'Paste these:',
    '',
    `  export KEY=${key}`,
    `  ${curl} ${baseUrl}/v1/connections/${connectionId}`,
    `  ${curl} ${baseUrl}/v1/connections/${connectionId}/explain`,
    `  ${curl} -X POST ${baseUrl}/v1/connections/${connectionId}/refresh`,
    '',
    `The demo user ${userId} gets a connection in every state but the passing ones within a minute: GET /v1/connections?userId=${userId}`,
    ` \`npm run tour\`, in another terminal, plays the whole job. Ctrl+C stops.`,
    '',
    '',
  ].join('\n');
}
