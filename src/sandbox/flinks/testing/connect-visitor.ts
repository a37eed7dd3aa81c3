import type { FlinksControl, SessionState } from '../flinks-simulator.types.js';

export interface VisitorLogin {
  readonly username: string;
  /** Default `Everyday`. */
  readonly password?: string;
  /** The bank's id; default: FlinksCapital. */
  readonly institution?: number;
}

/**
 * Goes through Connect as a user who knows every answer.
 * @param address of Connect, with its query
 * @param login `null` for an address that resumes by `requestId`
 * @returns where the user's browser is sent; `null` when Connect keeps the user
 */
export async function walkConnect(
  address: string,
  control: FlinksControl,
  login: VisitorLogin | null,
): Promise<string | null> {
  const url = new URL(address);
  const entered = await fetch(url, { redirect: 'manual' });
  const [, visit] = /action="(\/v2\/visit\/[^"]+)"/.exec(await entered.text()) ?? [];
  if (visit === undefined) return entered.headers.get('location');
  const post = (form: Record<string, string>): Promise<Response> =>
    fetch(new URL(visit, url), { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) });
  if (login) {
    const { username, password = 'Everyday', institution = 14 } = login;
    const given = url.pathname.includes('/Credential/') ? {} : { institution: String(institution) };
    const arrived = outside(await post({ ...given, username, password }), url);
    if (arrived !== null) return arrived;
  }
  const MAX_ROUNDS = 10;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const open = openDialogue(url, control);
    if (!open) return null;
    const arrived = outside(await post({ responses: JSON.stringify(open.expectedAnswers) }), url);
    if (arrived !== null) return arrived;
  }
  return null;
}

function outside(response: Response, connect: URL): string | null {
  const location = response.headers.get('location');
  return location === null || new URL(location, connect).pathname.startsWith('/v2/visit/') ? null : location;
}

/** The one in the address, or else the newest. */
function openDialogue(url: URL, control: FlinksControl): SessionState | undefined {
  const resumed = url.searchParams.get('requestId')?.toLowerCase();
  return control
    .state()
    .sessions.findLast(
      ({ expectedAnswers, requestId }) => expectedAnswers !== null && (resumed === undefined || resumed === requestId),
    );
}
