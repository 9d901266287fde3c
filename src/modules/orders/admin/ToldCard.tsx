// 进度通知 of an order: what the one who reported was told, by which way, and whether it arrived.
import { StateTag } from '../../../ui/bits.tsx'
import { nowMs } from '../../../kernel/clock.ts'
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { words as messageWords } from '../../messages/words.ts'
import { orders, type OrderFull, type TellBy, type Told } from '../contract.ts'
import { words } from '../words.ts'

const TONES = { sent: 'good', delivered: 'good', failed: 'bad', undeliverable: 'bad', sending: 'busy' } as const
const QUIET_MS = 12 * 3_600_000
const chosen = (ways: TellBy | null): string => (ways === null ? '按业户的接收设置' : ways.length ? `业户选了${ways.map((w) => words.states!['told']![w]!).join('、')}` : '业户只要应用内消息')
export function ToldCard({ o }: { o: OrderFull }) {
  const told = useRead(orders.told, { order_id: o.order_id })
  if (!told.data || (told.data.rows.length === 0 && told.data.tell_by === null)) return null
  const mark = (of: 'state' | 'wechat', x: { state: string; failure: string | null } | null) => (x ? <span title={x.failure ?? ''}><StateTag value={x.state} words={messageWords.states?.[of]} tones={TONES} /></span> : '—')
  // Not urgent: in quiet hours it is told by phone when they are over.
  const waits = (r: Told, way: TellBy[number]) => (told.data?.tell_by?.includes(way) && nowMs() - Date.parse(r.at) < QUIET_MS ? '待发' : '—')
  return (
    <section className="hy-card hy-stack" aria-label="进度通知">
      <div className="hy-line"><h2>进度通知</h2><span className="hy-muted">{chosen(told.data.tell_by)}</span></div>
      <RowsTable
        label="已告知业户的进度" rows={told.data.rows} row_key="message_id" empty="还没有发过"
        columns={[{ key: 'at', title: '时间', width: 150, show: (r) => instant(r.at) }, { key: 'body', title: '内容', width: 360 }, { key: 'read_at', title: '应用内', width: 90, show: (r) => (r.read_at ? '已读' : '未读') }, { key: 'sms', title: '短信', width: 90, show: (r) => (r.sms ? mark('state', r.sms) : waits(r, 'sms')) }, { key: 'wechat', title: '公众号', width: 100, show: (r) => (r.wechat ? mark('wechat', r.wechat) : waits(r, 'wechat')) }]}
      />
    </section>
  )
}
