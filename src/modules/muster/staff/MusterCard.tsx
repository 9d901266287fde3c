import { useRead } from '../../../ui/api.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { muster } from '../contract.ts'

const AGAIN_MS = 30_000
/** Only while a roll is open: then it is the first thing to do. */
export function MusterCard() {
  const may = mayDo(usePhoneMe(), 'muster.roll.work')
  const open = useRead(muster.rolls, { state: 'open', page_size: 5 }, { enabled: may, refresh_ms: AGAIN_MS })
  if (!may || !open.data || open.data.rows.length === 0) return null
  return <div className="ph-list">{open.data.rows.map((r) => <RowLink key={r.roll_id} icon="warn" title={`集合点名:${r.title}`} under={`已到 ${r.safe_count} / ${r.total_count}${r.help_count > 0 ? `,请求帮助 ${r.help_count}` : ''}`} to={`/muster/${r.roll_id}`} side={<span className="ph-red">未到 {r.left_count}</span>} />)}</div>
}
