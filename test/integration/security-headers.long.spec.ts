import { startApp, type RunningApp } from '../factories/app.factory.js';

describe('headers for browsers', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp();
  }, 60_000);

  afterAll(() => app.close());

  it.each(['/healthz', '/metrics', '/openapi.json', '/v1/users', '/nowhere', '/link/tink/callback', '/docs'])(
    '%s lets no browser guess what it is',
    async (path) => {
      const { headers } = await fetch(`${app.baseUrl}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('the browsable page runs its own scripts only, and stands in no frame', async () => {
    for (const path of ['/docs', '/docs/', '/docs/index.html']) {
      const page = await fetch(`${app.baseUrl}${path}`);
      const html = await page.text();
      expect([path, page.status]).toEqual([path, 200]);
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      // What the policy would stop must not be there.
      expect(html).not.toMatch(/<script>|<script [^>]*src="https?:|\son\w+=|href="https?:/);
      for (const [, source] of html.matchAll(/<(?:script src|link [^>]*href)="([^"]+)"/g)) {
        const part = await fetch(new URL(source ?? '', page.url));
        if (path === '/docs') expect([source, part.status]).toEqual([source, 200]);
      }
    }
  });
});
