// A time at a place: day, first slot, how many on end and how many units; what of it is free comes from the server.
import { Alert, Form, Select, Space } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { DayInput } from '../../../ui/dates.tsx'
import { instant, money } from '../../../ui/format.ts'
import { bookings } from '../contract.ts'
import { said, untilText } from '../shown.ts'

export interface Picked { day: string; from_at: string | undefined; slot_count: number; unit_count: number }
const clock = (at: string): string => instant(at).slice(11)
export function SlotPicker({ resource_id, unit_word, value, onChange, but }: { resource_id: string; unit_word: string; value: Picked; onChange: (v: Picked) => void; but?: string }) {
  const q = useRead(bookings.day, { resource_id, day: value.day, ...(but ? { but } : {}) }, { stale_ms: 0 })
  const terms = q.data?.terms
  const slots = (q.data?.slots ?? []).filter((s) => s.why !== 'past')
  const counts = terms ? Array.from({ length: terms.max_slots - terms.min_slots + 1 }, (_, i) => terms.min_slots + i) : []
  const chosen = slots.find((s) => s.from_at === value.from_at)
  return (
    <>
      <Form.Item label="日期" htmlFor="bk-day"><DayInput id="bk-day" value={value.day} onChange={(d) => { if (d) onChange({ ...value, day: d, from_at: undefined }) }} /></Form.Item>
      {q.error ? <Alert type="error" showIcon title={q.error.message} /> : null}
      {q.data && !terms ? <Alert type="warning" showIcon title="这一天还没有预约规则,请先在「预约场地」发布" /> : null}
      {terms ? (
        <Space wrap align="start">
          <Form.Item label="开始" htmlFor="bk-from"><Select id="bk-from" style={{ width: 250 }} placeholder="选择时段" value={value.from_at ?? null} onChange={(v: string) => onChange({ ...value, from_at: v, slot_count: Math.max(value.slot_count, terms.min_slots) })} options={slots.map((s) => ({ value: s.from_at, disabled: s.why === 'closed' || s.why === 'full', label: `${clock(s.from_at)}–${untilText(s.to_at)} ${s.why ? `${said('why', s.why)}${s.reason ? `(${s.reason})` : ''}` : `余 ${s.free_count} ${unit_word},${s.slot_fen === 0 ? '免费' : `${money(s.slot_fen)} 元`}`}` }))} notFoundContent="当天没有可约的时段" /></Form.Item>
          <Form.Item label="时长" htmlFor="bk-count"><Select id="bk-count" style={{ width: 150 }} value={value.slot_count} onChange={(n: number) => onChange({ ...value, slot_count: n })} options={counts.map((n) => ({ value: n, label: `${n} 段(${n * terms.slot_min} 分钟)` }))} /></Form.Item>
          {terms.max_units > 1 ? <Form.Item label="数量" htmlFor="bk-units"><Select id="bk-units" style={{ width: 100 }} value={value.unit_count} onChange={(n: number) => onChange({ ...value, unit_count: n })} options={Array.from({ length: Math.min(terms.max_units, Math.max(1, chosen?.free_count ?? terms.max_units)) }, (_, i) => ({ value: i + 1, label: `${i + 1} ${unit_word}` }))} /></Form.Item> : null}
        </Space>
      ) : null}
    </>
  )
}
export function QuoteNote({ resource_id, value }: { resource_id: string; value: Picked }) {
  const ready = value.from_at !== undefined
  const q = useRead(bookings.quote, { resource_id, from_at: value.from_at ?? '2000-01-01T00:00:00.000Z', slot_count: value.slot_count, unit_count: value.unit_count }, { enabled: ready, stale_ms: 0 })
  if (!ready) return null
  if (q.error) return <Alert type="warning" showIcon title={q.error.message} />
  if (!q.data) return null
  const d = q.data
  return <Alert type="info" title={d.amount_fen === 0 ? '免费' : `费用 ${money(d.amount_fen)} 元${d.pay_by_min > 0 ? `,须在 ${d.pay_by_min} 分钟内付款` : ''}`} description={d.amount_fen === 0 ? undefined : <>{d.lines.map((l) => <div key={l.text}>{l.text}</div>)}<div className="hy-muted">{instant(d.free_until)} 前可免费取消{d.late_fen > 0 ? `,之后收 ${money(d.late_fen)} 元` : ''}</div></>} />
}
