/** What a user does on the hosted pages. */
export interface Walk {
  /** Default `testbank`. */
  readonly bank?: string;
  /** Default `ana.demo`. */
  readonly username?: string;
  /** Default a password that the bank takes. */
  readonly password?: string;
  /** One for each challenge; default and afterwards a right one. */
  readonly answers?: readonly string[];
  /** Presses Cancel on the first page. */
  readonly leaves?: boolean;
}

export interface WalkEnd {
  readonly status: number;
  /** Where the user is sent back to; `null` when the way ends on a hosted page. */
  readonly location: URL | null;
  /** The last page, HTML. */
  readonly text: string;
}

const MAX_PAGES = 10;
const DEADLINE_MS = 10_000;

/** A user with a browser: opens a hosted page, fills its forms in and stops before the redirect is followed. */
export async function walkHostedPages(address: string, walk: Walk = {}): Promise<WalkEnd> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const answers = [...(walk.answers ?? [])];
  let end = await read(await fetch(address, { redirect: 'manual', signal }));
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const form = formIn(end.text);
    if (end.location !== null || form === null) return end;
    const body = new URLSearchParams({ visit: form.visit, ...fields(end.text, walk, answers) });
    const target = new URL(form.action, address);
    end = await read(await fetch(target, { method: 'POST', body, redirect: 'manual', signal }));
    // Who meets an error page stays there.
    if (end.text.includes('role="alert"')) return end;
  }
  return end;
}

function fields(html: string, walk: Walk, answers: string[]): Record<string, string> {
  if (walk.leaves) return { leave: 'yes' };
  if (html.includes('name="bank"')) return { bank: walk.bank ?? 'testbank' };
  if (html.includes('name="answer"')) return { answer: answers.shift() ?? '123456' };
  const known = /name="username"[^>]* value="([^"]*)" readonly/.exec(html)?.[1];
  const username = walk.username ?? (known === undefined ? 'ana.demo' : undefined);
  return { ...(username !== undefined && { username }), password: walk.password ?? 'correct-horse' };
}

async function read(response: Response): Promise<WalkEnd> {
  const location = response.headers.get('location');
  return {
    status: response.status,
    location: location === null ? null : new URL(location, response.url),
    text: await response.text(),
  };
}

function formIn(html: string): { readonly action: string; readonly visit: string } | null {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  const visit = /name="visit" value="([^"]*)"/.exec(html)?.[1];
  return action === undefined || visit === undefined ? null : { action, visit };
}
