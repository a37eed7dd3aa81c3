import { readQr } from './tink-qr.js';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('picture')]);
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a QR picture from Tink', () => {
  it.each([
    ['raw bytes', new Uint8Array(PNG)],
    ['a data URL', bytes(`data:image/png;base64,${PNG.toString('base64')}`)],
    ['bare base64', bytes(PNG.toString('base64'))],
    ['base64 without padding', bytes(PNG.toString('base64').replace(/=+$/, ''))],
    ['a quoted data URL with line breaks', bytes(`"data:image/png;base64,\n${PNG.toString('base64')}"\n`)],
  ])('is read from %s', (_form, body) => {
    expect(Buffer.from(readQr(body) ?? [])).toEqual(PNG);
  });

  it.each([
    ['nothing', bytes('')],
    ['a page', bytes('<html>no</html>')],
    ['base64 of something else', bytes(Buffer.from('GIF89a, not a png').toString('base64'))],
    ['an SVG data URL', bytes('data:image/svg+xml;base64,PHN2Zy8+')],
    ['half a signature', PNG.subarray(0, 6)],
  ])('is not read from %s', (_form, body) => {
    expect(readQr(new Uint8Array(body))).toBeUndefined();
  });
});
