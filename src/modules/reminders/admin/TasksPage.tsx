import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { CanButton } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { reminders, type ReminderRow } from '../contract.ts'
import { words } from '../words.ts'
import { AnswerModal, COLUMNS, channelName, usePrintLetters } from './shared.tsx'

const BY_HAND = ['letter', 'call', 'visit'] as const
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、缴费人' },
  { kind: 'select', name: 'channel', label: '方式', options: BY_HAND.map((value) => ({ value, label: channelName(value) })) },
]
const SHOWN = new Set(['house_label', 'community_name', 'payer_name', 'channel', 'period', 'open_now_fen', 'letter_no', 'created_at'])

export default function TasksPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(reminders.reminders, { filters: FILTERS, fixed: { state: 'waiting', ...(place_id ? { community_id: place_id } : {}) } })
  const [open, setOpen] = useState<ReminderRow>()
  const print = usePrintLetters()
  const writes = may('reminders.reminder.write')
  const columns = useMemo(
    (): readonly Column<ReminderRow>[] => [
      ...COLUMNS.filter((c) => SHOWN.has(c.key)),
      { key: 'printed_at', title: '打印', width: 90, show: (r) => (r.channel !== 'letter' ? '—' : r.printed_at ? '已打印' : '未打印') },
      { key: 'act', title: '操作', width: 130, show: (r) => (r.can.handle === 'reminders.ended' ? <span className="hy-muted">等待发送</span> : <CanButton size="small" can={r.can.handle} words={words} onClick={() => setOpen(r)}>登记结果</CanButton>) },
    ],
    [],
  )
  return (
    <>
      <ListPage
        {...list} title="催缴任务" name="reminders.tasks" columns={columns} row_key="reminder_id" href={(r) => `/reminders/records/${r.reminder_id}`}
        actions={writes ? <Go to="/reminders/now"><Button type="primary">发起催缴</Button></Go> : null}
        {...(writes ? { batch: [{ label: '打印催缴单', can: (rows: readonly ReminderRow[]) => (rows.every((r) => r.channel === 'letter') ? (true as const) : '所选中有的不是催缴单,请按方式筛选'), run: (rows: readonly ReminderRow[]) => print.run(rows) }] } : {})}
        empty={{ text: '没有待办的催缴' }}
      />
      {open ? <AnswerModal key={open.reminder_id} row={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
