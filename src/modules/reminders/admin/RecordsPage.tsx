import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { reminders } from '../contract.ts'
import { words } from '../words.ts'
import { COLUMNS } from './shared.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、缴费人' },
  { kind: 'select', name: 'channel', label: '方式', options: optionsOf(words.states?.['channel']) },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
]

export default function RecordsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(reminders.reminders, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <ListPage
      {...list} title="催缴记录" name="reminders.records" columns={COLUMNS} row_key="reminder_id" href={(r) => `/reminders/records/${r.reminder_id}`}
      excel={may('reminders.reminder.export') ? reminders.remindersExcel : undefined} totals={(d) => ({ open_fen: money(d.open_fen) })}
      empty={{ text: '还没有催缴记录' }}
    />
  )
}
