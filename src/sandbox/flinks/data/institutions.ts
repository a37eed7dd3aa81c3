/** Banks of nowhere, but for the vendor's own test institution. Every enabled one knows the same test users. */
export interface Institution {
  readonly id: number;
  /** The word for `Institution` in calls; the English name too. */
  readonly name: string;
  readonly french: string;
  readonly country: 'CA' | 'US';
  readonly enabled: boolean;
  /** Nine digits each; American banks only. */
  readonly routingNumbers: readonly string[];
}

export const FLINKS_CAPITAL = 14;

const canadian = (id: number, name: string, french = name): Institution => ({
  ...{ id, name, french, country: 'CA', enabled: true, routingNumbers: [] },
});

const american = (id: number, name: string, ...routingNumbers: string[]): Institution => ({
  ...{ id, name, french: name, country: 'US', enabled: true, routingNumbers },
});

export const INSTITUTIONS: readonly Institution[] = [
  canadian(FLINKS_CAPITAL, 'FlinksCapital'),
  canadian(901, 'Maple Demo Bank', 'Banque démo Érable'),
  canadian(902, 'Great Lakes Demo', 'Démo des Grands Lacs'),
  canadian(903, 'Laurentide Demo Credit Union', 'Caisse démo Laurentide'),
  canadian(904, 'Prairie Demo Trust', 'Fiducie démo des Prairies'),
  canadian(905, 'Harbour Demo Savings', 'Épargne démo du Port'),
  canadian(906, 'Yukon Demo Bank', 'Banque démo du Yukon'),
  { ...canadian(907, 'Closed Demo Bank', 'Banque démo fermée'), enabled: false },
  american(951, 'Liberty Demo Bank', '990000015', '990000028'),
  american(952, 'Cascade Demo Bank', '990000031'),
];

export function institutionOf(id: number): Institution | null {
  return INSTITUTIONS.find((institution) => institution.id === id) ?? null;
}

/** By either name, whatever its case. */
export function institutionNamed(name: string): Institution | null {
  const wanted = name.trim().toLowerCase();
  const called = ({ name: english, french }: Institution): boolean =>
    [english, french].some((known) => known.toLowerCase() === wanted);
  return INSTITUTIONS.find(called) ?? null;
}

export function institutionView({ id, name, french, country, enabled }: Institution): Record<string, unknown> {
  const url = `https://bank-${id}.example`;
  return {
    Id: id,
    Localizations: [
      { Language: 'en', Name: name, Urls: [{ Type: 'Main', Url: `${url}/en` }] },
      { Language: 'fr', Name: french, Urls: [{ Type: 'Main', Url: `${url}/fr` }] },
    ],
    Status: enabled ? 'Enabled' : 'Disabled',
    Country: country,
  };
}
