import type { Challenge } from '../data/challenges.js';
import { DEMO_USERS, PASSWORD } from '../data/demo-users.js';
import { FLINKS_CAPITAL, INSTITUTIONS, type Institution } from '../data/institutions.js';
import { escapeHtml as escape } from '../../simulator/pages.js';
import { challengeFields } from './mfa-form.js';
import type { Visit } from './visit.js';

const form = ({ id, error }: Visit, content: string, buttons: string): string => `
${error === null ? '' : `<p role="alert">${error}</p>`}
<form method="post" action="/v2/visit/${id}">
${content}
<p>${buttons} <button name="action" value="close" formnovalidate>Close</button></p>
</form>`;

const NEXT = '<button name="action" value="next">Continue</button>';
const BACK = '<button name="action" value="back" formnovalidate>Another bank</button>';

export function consentPage(visit: Visit): string {
  const text = '<p>An app asks to read your accounts. Nothing here is real.</p>';
  return form(visit, text, `${NEXT} <button name="action" value="deny">Refuse</button>`);
}

/** The test institution shows in demo mode only. */
export function institutionsPage(visit: Visit): string {
  const shown = INSTITUTIONS.filter(({ id, enabled }) => enabled && (id === FLINKS_CAPITAL) === visit.demo);
  const options = shown.map(
    (bank, n) =>
      `<p><label><input type="radio" name="institution" value="${bank.id}"${n === 0 ? ' checked' : ''}> ${nameOf(bank, visit)}</label></p>`,
  );
  return form(visit, `<fieldset><legend>Your bank</legend>${options.join('')}</fieldset>`, NEXT);
}

export function credentialsPage(visit: Visit, bank: Institution): string {
  const users = DEMO_USERS.map(({ username, note }) => `<option value="${username}">${note}</option>`).join('');
  const content = `<p>${nameOf(bank, visit)}</p>
<p><label>Username <input name="username" list="users" required autocomplete="off"></label>
<datalist id="users">${users}</datalist></p>
<p><label>Password <input name="password" type="password" required autocomplete="off"></label> (${PASSWORD})</p>`;
  return form(visit, content, `${NEXT} ${BACK}`);
}

export function challengesPage(visit: Visit, challenges: readonly Challenge[]): string {
  return form(visit, challenges.map(challengeFields).join('\n'), NEXT);
}

export function notice(text: string): string {
  return `<p>${escape(text)}</p>`;
}

const nameOf = ({ name, french }: Institution, { language }: Visit): string =>
  escape(language === 'fr' ? french : name);
