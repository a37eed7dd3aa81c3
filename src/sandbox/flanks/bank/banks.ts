/** An institution under both of its ids. All behave as the test bank does. */
export interface Bank {
  /** Entity id, used by Link and the credentials. */
  readonly id: string;
  /** The same institution in Connect v2, which has ids of its own. */
  readonly connectorId: string;
  readonly name: string;
  /** ISO 3166 alpha-2, as the entities show it. */
  readonly country: string;
  /** ISO 3166 alpha-3 in lower case, as the connectors show it. */
  readonly countries: readonly string[];
  readonly type: 'e-banking' | 'psd2';
}

export const BANKS: readonly Bank[] = [
  bank('testbank', 'TestBank', 'ES', 'esp', 'e-banking'),
  bank('bancoficticio', 'Banco Ficticio', 'ES', 'esp', 'psd2'),
  bank('cajaejemplo', 'Caja Ejemplo', 'ES', 'esp', 'e-banking'),
  bank('gestoramuestra', 'Gestora Muestra', 'ES', 'esp', 'e-banking'),
  bank('bancoexemplo', 'Banco Exemplo', 'PT', 'prt', 'psd2'),
  bank('banquedemo', 'Banque Demo', 'FR', 'fra', 'e-banking'),
];

export const bankOf = (id: string): Bank | null => BANKS.find((known) => known.id === id) ?? null;

export const bankOfConnector = (connectorId: string): Bank | null =>
  BANKS.find((known) => known.connectorId === connectorId) ?? null;

function bank(id: string, name: string, country: string, alpha3: string, type: Bank['type']): Bank {
  return { id, connectorId: `${alpha3}:${id}`, name, country, countries: [alpha3], type };
}
