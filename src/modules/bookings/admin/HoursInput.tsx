// Spans of a week with days, from and to; with `price` each has its price.
import { Button, Checkbox, TimePicker } from 'antd'
import dayjs from 'dayjs'
import type { Control } from '../../../ui/fields.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import type { Hours } from '../contract.ts'

type Row = Hours & { slot_fen?: number }
const DAYS = ['一', '二', '三', '四', '五', '六', '日'].map((d, i) => ({ value: i + 1, label: d }))
const MAX = 14
const END = '24:00'
/** The picker ends at 23:59; midnight at the end of a day is 00:00 to it. */
const shown = (t: string) => dayjs(`2000-01-01T${t === END ? '00:00' : t}`)
export function HoursInput({ value, onChange, price }: Control & { price: boolean }) {
  const rows = (value as Row[] | undefined) ?? []
  const put = (i: number, o: Partial<Row>): void => onChange?.(rows.map((r, n) => (n === i ? { ...r, ...o } : r)))
  return (
    <div className="bk-hour-rows">
      {rows.map((r, i) => (
        <div key={i} className="hy-stack" style={{ gap: 4 }}>
          <Checkbox.Group aria-label={`第 ${i + 1} 段星期`} options={DAYS} value={r.days} onChange={(days) => put(i, { days: days as number[] })} />
          <span className="hy-line">
            <TimePicker format="HH:mm" minuteStep={15} allowClear={false} style={{ width: 95 }} aria-label={`第 ${i + 1} 段从`} value={shown(r.from)} onChange={(v) => { if (v) put(i, { from: v.format('HH:mm') }) }} />至<TimePicker format="HH:mm" minuteStep={15} allowClear={false} style={{ width: 95 }} aria-label={`第 ${i + 1} 段到`} value={shown(r.to)} onChange={(v) => { if (v) put(i, { to: v.format('HH:mm') === '00:00' ? END : v.format('HH:mm') }) }} />
            {price ? <><span style={{ width: 130 }}><MoneyInput aria-label={`第 ${i + 1} 段每段价格`} value={r.slot_fen} onChange={(x) => put(i, { slot_fen: x as number })} /></span>元/段</> : null}
            <Button size="small" type="link" onClick={() => onChange?.(rows.filter((_, n) => n !== i))}>删除</Button>
          </span>
        </div>
      ))}
      {rows.length < MAX ? <div><Button size="small" onClick={() => onChange?.([...rows, { days: price ? [6, 7] : [1, 2, 3, 4, 5, 6, 7], from: price ? '18:00' : '08:00', to: '22:00', ...(price ? { slot_fen: 0 } : {}) }])}>{price ? '增加另定时段' : '增加开放时间'}</Button></div> : null}
    </div>
  )
}
