// Rules on the phone: what was opened, and what belongs to the work at hand, is there without network too.
import { useEffect } from 'react'
import { readNow, type Reading } from '../../../ui/api.ts'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory, withMemory, type Remembered } from '../../../ui/phone/memory.ts'
import { office } from '../contract.ts'

const keyOf = (owner: string, doc_id: string): string => `${owner} rule ${doc_id}`
const ask = (doc_id: string) => readNow(office.myRule, { doc_id })
export type KeptRule = Awaited<ReturnType<typeof ask>>
export function useRule(doc_id: string): Reading<Remembered<KeptRule>> {
  const me = usePhoneMe()
  return useMemory([office.myRule.name], keyOf(ownerOf(me), doc_id), () => ask(doc_id))
}
/** Fetched ahead while there is network; where it fails, what was kept before stays. */
export function useKeepRules(doc_ids: readonly string[]): void {
  const owner = ownerOf(usePhoneMe())
  const all = doc_ids.join(' ')
  useEffect(() => { for (const id of all.split(' ').filter(Boolean)) void withMemory(keyOf(owner, id), () => ask(id)).catch(() => undefined) }, [owner, all])
}
