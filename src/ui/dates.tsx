// Date controls that speak the contract's texts (YYYY-MM-DD, YYYY-MM) instead of dayjs objects.
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import type { KeyboardEvent } from 'react'
import 'dayjs/locale/zh-cn'
import { addDays, addMonths, today } from '../kernel/clock.ts'

dayjs.locale('zh-cn')

interface Control {
  value?: string | null | undefined
  onChange?: (value: string | null) => void
  id?: string
  disabled?: boolean
  'aria-label'?: string | undefined
}
/** Enter takes the date that was typed; it must not send the form around it half filled. */
const keep = (e: KeyboardEvent): void => {
  if (e.key === 'Enter') e.preventDefault()
}
export function DayInput({ value, onChange, ...rest }: Control) {
  return <DatePicker {...rest} onKeyDown={keep} className="hy-wide" placeholder="选择日期" value={value ? dayjs(value) : null} onChange={(d) => onChange?.(d ? d.format('YYYY-MM-DD') : null)} />
}
export function MonthInput({ value, onChange, ...rest }: Control) {
  return <DatePicker {...rest} onKeyDown={keep} className="hy-wide" picker="month" placeholder="选择月份" value={value ? dayjs(`${value}-01`) : null} onChange={(d) => onChange?.(d ? d.format('YYYY-MM') : null)} />
}

type Pair = [string | undefined, string | undefined]
export function DaysInput({ value, onChange, label }: { value: Pair; onChange: (v: Pair) => void; label: string }) {
  const now = today()
  const month = now.slice(0, 7)
  const last_month = addMonths(month, -1)
  const range = (a: string, b: string): [dayjs.Dayjs, dayjs.Dayjs] => [dayjs(a), dayjs(b)]
  return (
    <DatePicker.RangePicker
      aria-label={label}
      placeholder={['开始日期', '结束日期']}
      allowEmpty={[true, true]}
      value={[value[0] ? dayjs(value[0]) : null, value[1] ? dayjs(value[1]) : null]}
      presets={[
        { label: '今天', value: range(now, now) },
        { label: '最近 7 天', value: range(addDays(now, -6), now) },
        { label: '本月', value: range(`${month}-01`, now) },
        { label: '上月', value: range(`${last_month}-01`, addDays(`${month}-01`, -1)) },
        { label: '今年', value: range(`${now.slice(0, 4)}-01-01`, now) },
      ]}
      onChange={(d) => onChange([d?.[0]?.format('YYYY-MM-DD'), d?.[1]?.format('YYYY-MM-DD')])}
    />
  )
}
