/** What a person does on the pages of Tink Link. */
export interface LinkVisitor {
  /** Chosen where the page asks for it. */
  readonly bank?: string;
  readonly username?: string;
  readonly password?: string;
  /** At the bank's own page; default `approve`. */
  readonly atBank?: 'approve' | 'cancel';
  /** Cancels at the first page. */
  readonly leaves?: boolean;
  /** Answers a question; default: with the code that it shows. */
  readonly answer?: string;
}

const MAX_PAGES = 60;

type Reaction =
  | { readonly kind: 'send'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'open'; readonly href: string }
  | { readonly kind: 'wait' };

/**
 * A browser without scripts: follows redirects and links, fills in forms.
 * @param wait called where a page would look again by itself.
 * @returns the first address outside the simulator that it is sent to.
 * @throws Error when a page leads nowhere.
 */
export async function browseLink(start: string, visitor: LinkVisitor, wait: () => void): Promise<URL> {
  let at = new URL(start);
  let visit = at;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < MAX_PAGES; step += 1) {
    const response = await fetch(at, { method: form ? 'POST' : 'GET', body: form, redirect: 'manual' });
    const page = await response.text();
    form = null;
    const location = response.headers.get('location');
    if (location !== null) {
      at = new URL(location, at);
      if (at.origin !== visit.origin) return at;
      continue;
    }
    if (response.status !== 200) throw new Error(`The page answers ${response.status}.`);
    if (at.pathname.startsWith('/link/')) visit = at;
    const reaction = react(page, visitor);
    if (reaction.kind === 'wait') wait();
    if (reaction.kind === 'send') form = new URLSearchParams(reaction.values);
    at = reaction.kind === 'wait' ? visit : new URL(reaction.kind === 'open' ? reaction.href : actionOf(page), at);
  }
  throw new Error('The visit does not end.');
}

function react(page: string, visitor: LinkVisitor): Reaction {
  const send = (values: Readonly<Record<string, string>>): Reaction => ({ kind: 'send', values });
  const state = /name="state" value="([^"]+)"/.exec(page)?.[1];
  if (state !== undefined) {
    return send({ state, decision: visitor.atBank ?? 'approve', username: visitor.username ?? '' });
  }
  const action = /name="action" value="(\w+)"/.exec(page)?.[1];
  if (visitor.leaves || action === 'again' || page.includes('<h1>That did not work<'))
    return send({ action: 'cancel' });
  if (action === 'choose') return send({ action, providerName: visitor.bank ?? '' });
  if (action === 'login' || action === 'answer') return send({ action, ...answersTo(page, visitor) });
  if (action === 'confirm') return send({ action });
  const href = /<a href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
  return href === undefined ? { kind: 'wait' } : { kind: 'open', href };
}

function answersTo(page: string, visitor: LinkVisitor): Record<string, string> {
  const names = [...page.matchAll(/name="field\.(\w+)"/g)].map(([, name = '']) => name);
  const shown = /<strong>([^<]+)<\/strong>/.exec(page)?.[1] ?? '';
  const option = /<option value="([^"]+)"/.exec(page)?.[1];
  const known: Record<string, string | undefined> = { username: visitor.username, password: visitor.password };
  return Object.fromEntries(
    names.map((name) => [`field.${name}`, known[name] ?? visitor.answer ?? option ?? shown] as const),
  );
}

function actionOf(page: string): string {
  return /<form method="post" action="([^"]+)"/.exec(page)?.[1] ?? '';
}
