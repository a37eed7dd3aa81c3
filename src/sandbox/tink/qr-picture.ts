import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const MODULES = 29;
const SCALE = 6;
const QUIET = 4;
const FINDER = 7;

/** A valid greyscale PNG that looks like a QR code and differs for each token. No scanner reads it: the bank does not exist. */
export function qrPng(token: string): Buffer {
  const pattern = patternOf(token);
  const side = (MODULES + 2 * QUIET) * SCALE;
  const rows = Array.from({ length: side }, (_, y) => {
    const pixels = Array.from({ length: side }, (_, x) => (isDark(pattern, moduleAt(x), moduleAt(y)) ? 0 : 255));
    return Buffer.from([0, ...pixels]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(8, 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const moduleAt = (pixel: number): number => Math.floor(pixel / SCALE) - QUIET;

function isDark(pattern: Buffer, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= MODULES || y >= MODULES) return false;
  const far = MODULES - FINDER;
  const corner = (x < FINDER || x >= far) && (y < FINDER || y >= far) && !(x >= far && y >= far);
  if (corner) return isFinder(x % far, y % far);
  return ((pattern[(y * MODULES + x) >> 3] ?? 0) & (1 << (x & 7))) !== 0;
}

function isFinder(x: number, y: number): boolean {
  const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
  return ring !== 2;
}

/** 128 bytes, enough for 29 × 29 bits. */
function patternOf(token: string): Buffer {
  return Buffer.concat(Array.from({ length: 4 }, (_, n) => createHash('sha256').update(`${token}:${n}`).digest()));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
