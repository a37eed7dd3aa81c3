/** Marker, length and bytes of one part of a JPEG file. */
function segment(marker: number, ...bytes: number[]): number[] {
  const length = bytes.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...bytes];
}

/** One code of one bit, for the one symbol that our pictures need. */
const huffman = (id: number, symbol: number): number[] =>
  segment(0xc4, id, ...[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], symbol);

/**
 * A valid grey JPEG of 8 × 8 pixels.
 * @param shade from middle grey: 64 to 127 light, -127 to -64 dark
 */
function square(shade: number): string {
  const value = shade < 0 ? shade + 127 : shade;
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...new Array<number>(64).fill(8)),
    ...segment(0xc0, 8, 0, 8, 0, 8, 1, 1, 0x11, 0),
    ...huffman(0x00, 7),
    ...huffman(0x10, 0),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
    ...[value, 0x7f],
    ...[0xff, 0xd9],
  ]).toString('base64');
}

/** Base64, as the vendor lists pictures: no name, no type. */
export const PICTURES = { white: square(127), silver: square(70), black: square(-120) } as const;
