// Secrets of devices and of platforms: only digests are kept.
import { createHash, timingSafeEqual } from 'node:crypto'

export const secretMatches = (secret: Uint8Array, hash: string): boolean => {
  const given = createHash('sha256').update(secret).digest()
  const kept = Buffer.from(hash, 'hex')
  return kept.length === given.length && timingSafeEqual(kept, given)
}
