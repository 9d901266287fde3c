import { useRead } from '../../../ui/api.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { office } from '../contract.ts'

/** On the home page: rules that concern whoever is here; how many he has not read. */
export function RuleCard() {
  const q = useRead(office.myRules, { page: 1, page_size: 1 }, { stale_ms: 60_000 })
  if (!q.data || q.data.total === 0) return null
  return <div className="ph-list"><RowLink icon="bill" title="制度与 SOP" under="要读的制度、工作用的规程" side={q.data.unread_count ? <Tag kind="warn">待读 {q.data.unread_count}</Tag> : undefined} to="/office/mine" /></div>
}
