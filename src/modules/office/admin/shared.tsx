// For the pages of orders, rounds and equipment: the rules in force for the work that is shown.
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { office } from '../contract.ts'

export function Sops({ at, id, on_day }: { at: 'order' | 'task' | 'device'; id: string; on_day?: string }) {
  const q = useRead(office.sops, { at, id, ...(on_day ? { on_day } : {}) }, { stale_ms: 60_000 })
  if (!q.data || q.data.rows.length === 0) return null
  return <section className="hy-card" aria-label="作业规程"><h2>作业规程(SOP)</h2>{q.data.rows.map((r) => <p key={r.doc_id} className="hy-line"><Go to={`/office/mine/${r.doc_id}`}>{r.title}</Go><span className="hy-muted">{r.no} 第 {r.version_no} 版 · {r.why}</span></p>)}</section>
}
