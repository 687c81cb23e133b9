/**
 * Private: where a Redis Cluster keeps a key.
 *
 * @module
 */

/**
 * The slot of a key: CRC16 (XMODEM) of the part between its first braces, or of
 * all of it if there is nothing between them.
 */
export function slotOf(key: string): number {
  const [, tag = key] = key.match(/^[^{]*\{([^}]+)\}/) ?? [];
  let crc = 0;
  for (const byte of new TextEncoder().encode(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
    }
  }
  return crc & 0x3fff;
}
