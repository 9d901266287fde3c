// The devices that a phone has with it, and which of them a label names.
import { codeOfLabelText } from './label.ts'
import { readNow, type Reading } from '../../../ui/api.ts'
import { mayDo, ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory, type Remembered } from '../../../ui/phone/memory.ts'
import { equipment, type Carried } from '../contract.ts'

const REFRESH_MS = 300_000
export function useCarried(): Reading<Remembered<{ rows: Carried[] }>> {
  const me = usePhoneMe()
  return useMemory([equipment.carried.name], `${ownerOf(me)} equipment carried`, () => readNow(equipment.carried, {}), { refresh_ms: REFRESH_MS, enabled: mayDo(me, 'equipment.device.read') })
}
/** By the hash of its code; undefined where the browser cannot tell (no secure context) or it is none of these. */
export async function knownByLabel(text: string, rows: readonly Carried[]): Promise<Carried | undefined> {
  const code = codeOfLabelText(text)
  const by_no = rows.find((r) => r.no.toUpperCase() === code)
  if (by_no || !globalThis.crypto?.subtle) return by_no
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)))
  const hash = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
  return rows.find((r) => hash.startsWith(r.code_hash))
}
