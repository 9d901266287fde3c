// For the pages of orders, rounds and devices: the rules in force for the work at hand, kept on the phone so that a basement without network has them.
import { readNow } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { office } from '../contract.ts'
import { useKeepRules } from './kept.ts'

export function SopCard({ at, id, on_day }: { at: 'order' | 'task' | 'device'; id: string; on_day?: string }) {
  const me = usePhoneMe()
  const q = useMemory([office.sops.name], `${ownerOf(me)} sops ${at} ${id}`, () => readNow(office.sops, { at, id, ...(on_day ? { on_day } : {}) }))
  const rows = q.data?.value.rows ?? []
  useKeepRules(rows.map((r) => r.doc_id))
  if (rows.length === 0) return null
  return <section className="ph-section" aria-label="作业规程"><div className="ph-list">{rows.map((r) => <RowLink key={r.doc_id} icon="bill" title={r.title} under={`作业规程 ${r.no} 第 ${r.version_no} 版`} to={`/office/mine/${r.doc_id}`} />)}</div></section>
}
