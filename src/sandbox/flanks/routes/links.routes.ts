import type { FastifyInstance } from 'fastify';
import { Fields } from '../body.js';
import { invalid, refused } from '../flanks-error.js';
import type { FlanksWorld, Link } from '../flanks-world.js';
import { secret } from '../hosted/hosted-desk.js';
import { authorize } from './authorize.js';

type View = Readonly<Record<string, unknown>>;
type Work = (fields: Fields) => View;

const COMPANY = 'Sandbox Company';

export function linkRoutes(app: FastifyInstance, world: FlanksWorld): void {
  const works: Readonly<Record<string, Work>> = {
    'list-links': () => ({
      success: true,
      count: world.links.size,
      items: [...world.links.values()].map(viewOf(world)),
    }),
    'create-link': (fields) => keep(world, changed(fields, null)),
    'edit-link': (fields) => keep(world, changed(fields, linkOf(world, fields))),
    'pause-link': (fields) => keep(world, { ...linkOf(world, fields), active: false }),
    'resume-link': (fields) => keep(world, { ...linkOf(world, fields), active: true }),
    'delete-link': (fields) => remove(world, linkOf(world, fields)),
  };
  for (const [name, work] of Object.entries(works)) {
    app.post(`/v0/links/${name}`, async (request) => {
      authorize(world, request);
      return work(Fields.of(request.body, 'new'));
    });
  }
}

function linkOf(world: FlanksWorld, fields: Fields): Link {
  const link = world.links.get(fields.text('token'));
  if (!link) throw refused('LinkNotFound');
  return link;
}

/** What a field says; left out = as it was, `null` = as it starts. */
function changed(fields: Fields, before: Link | null): Link {
  const token = before?.token ?? secret();
  const given = <T>(name: string, old: T | undefined, start: T): string | T =>
    fields.has(name) || old === undefined ? (fields.optionalText(name) ?? start) : old;
  if (before === null || fields.has('redirect_uri')) fields.require('redirect_uri');
  const redirectUri = given('redirect_uri', before?.redirectUri, '');
  if (!URL.canParse(redirectUri)) throw invalid('new', 'redirect_uri');
  return {
    token,
    redirectUri,
    name: given('name', before?.name, token),
    companyName: given('company_name', before?.companyName, COMPANY),
    termsUrl: given('terms_and_conditions_url', before?.termsUrl, null),
    privacyUrl: given('privacy_policy_url', before?.privacyUrl, null),
    active: before?.active ?? true,
  };
}

function keep(world: FlanksWorld, link: Link): View {
  const isTaken = [...world.links.values()].some(({ name, token }) => name === link.name && token !== link.token);
  if (isTaken) throw refused('DuplicatedName');
  world.links.set(link.token, link);
  return { success: true, data: viewOf(world)(link) };
}

function remove(world: FlanksWorld, link: Link): View {
  if (world.codesOf(link.token).length > 0) throw refused('LinkHasPendingCodes');
  world.links.delete(link.token);
  return { success: true, data: { token: link.token } };
}

const viewOf =
  (world: FlanksWorld) =>
  (link: Link): View => ({
    token: link.token,
    name: link.name,
    redirect_uri: link.redirectUri,
    company_name: link.companyName,
    terms_and_conditions_url: link.termsUrl,
    privacy_policy_url: link.privacyUrl,
    active: link.active,
    pending_code_count: world.codesOf(link.token).length,
  });
