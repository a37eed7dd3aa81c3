/** Why a user visits the provider's page: a new connection, strong authentication again, or a new login. */
export const LINK_PURPOSES = ['connect', 'renew', 'update_login'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];
