const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const DATA_URL = /^data:image\/png;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Tink's sources disagree on the form of the QR picture: a data URL, raw bytes, or bare base64.
 * @returns the PNG, or `undefined` when the body is none.
 */
export function readQr(body: Uint8Array): Uint8Array | undefined {
  if (isPng(body)) return body;
  const text = new TextDecoder('utf-8')
    .decode(body)
    .trim()
    .replace(/^"(.*)"$/s, '$1');
  const base64 = text.replace(DATA_URL, '').replace(/\s+/g, '');
  if (!BASE64.test(base64)) return undefined;
  const decoded = new Uint8Array(Buffer.from(base64, 'base64'));
  return isPng(decoded) ? decoded : undefined;
}

function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, at) => bytes[at] === byte);
}
