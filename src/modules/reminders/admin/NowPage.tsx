// Choose debtors, choose the way, see how many would be reached, send.
import { Alert, Button, Form, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { readNow, useWrite, asRefused, type In, type Out } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { instant, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { useStewards } from '../../property/admin/shared.tsx'
import { billing } from '../../billing/contract.ts'
import { reminders } from '../contract.ts'
import { words } from '../words.ts'

type Debtor = Out<typeof billing.debtors.gives>['rows'][number]
type Ask = In<typeof reminders.remindNow.takes>
const COLUMNS: readonly Column<Debtor>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'building_name', title: '楼栋', width: 90 },
  { key: 'payer_names', title: '缴费人', width: 160 },
  { key: 'steward_name', title: '管家', width: 90, show: (r) => r.steward_name ?? '—' },
  { key: 'bill_count', title: '笔数', width: 80 },
  { key: 'open_fen', title: '欠费', width: 120 },
  { key: 'oldest_period', title: '最早账期', width: 100 },
  { key: 'overdue_days', title: '最长逾期天数', width: 110, align: 'right' },
]

export default function NowPage() {
  const { place_id } = usePlace()
  const stewards = useStewards(place_id)
  const filters = useMemo((): readonly Filter[] => [{ kind: 'select', name: 'steward_id', label: '管家', options: stewards.options, loading: stewards.loading }, { kind: 'check', name: 'overdue_only', label: '只看已逾期' }], [stewards.options, stewards.loading])
  const list = useList(billing.debtors, { filters, fixed: place_id ? { community_id: place_id } : {}, page_size: 100 })
  const [chosen, setChosen] = useState<readonly Debtor[]>()
  return (
    <>
      <ListPage
        {...list} title="发起催缴" name="reminders.now" columns={COLUMNS} row_key="house_id" totals={(d) => ({ open_fen: money(d.open_fen) })}
        note={<p className="hy-muted">勾选要催的欠费户,再点「催缴」。每页最多 200 户。</p>}
        batch={[{ label: '催缴', run: (rows) => setChosen(rows) }]} empty={{ text: '没有欠费户' }}
      />
      {chosen ? <SendModal rows={chosen} close={() => setChosen(undefined)} /> : null}
    </>
  )
}

function SendModal({ rows, close }: { rows: readonly Debtor[]; close: () => void }) {
  const [channel, setChannel] = useState<Ask['channel']>('sms')
  const [tone, setTone] = useState<Ask['tone']>('overdue')
  const [count, setCount] = useState<Out<typeof reminders.remindNow.gives> | { error: string }>()
  const send = useWrite(reminders.remindNow, { done: (a) => `已安排 ${a.reminder_count} 条催缴` })
  const ask: Ask = { house_ids: rows.map((r) => r.house_id), channel, tone }
  const look = async () => {
    try {
      setCount(await readNow(reminders.remindNow, { ...ask, dry_run: true }))
    } catch (e) {
      setCount({ error: asRefused(e).message })
    }
  }
  const change = <T,>(set: (v: T) => void) => (v: T) => { set(v); setCount(undefined) }
  const ready = count !== undefined && !('error' in count) && count.reminder_count > 0
  return (
    <Modal
      open title={`催缴 ${rows.length} 户`} onCancel={close}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button>{ready ? <Button type="primary" loading={send.running} onClick={async () => { if (await send.run(ask)) close() }}>确认催缴 {count.reminder_count} 条</Button> : <Button type="primary" onClick={() => void look()}>试算</Button>}</div>}
    >
      <Form layout="vertical">
        <Form.Item label="方式"><Select aria-label="方式" value={channel} onChange={change(setChannel)} options={optionsOf(words.states?.['channel'])} /></Form.Item>
        <Form.Item label="用语"><Select aria-label="用语" value={tone} onChange={change(setTone)} options={optionsOf(words.states?.['tone'])} /></Form.Item>
      </Form>
      {count === undefined ? <p className="hy-muted">先试算将发给几位、共多少欠费;短信在免打扰时段后发出。</p> : 'error' in count ? <Alert type="error" showIcon title={count.error} /> : (
        <p>将催 <strong>{count.reminder_count}</strong> 条,欠费合计 <strong>{money(count.open_fen)}</strong> 元;{count.paused_count} 条因暂停或承诺不催;{count.nothing_count} 户没有可催的账单(未到期,或今天已催过)。{count.reminder_count && count.sends_at ? <><br /><strong>现在是免打扰时段,将在 {instant(count.sends_at)} 之后发出。</strong></> : null}</p>
      )}
    </Modal>
  )
}
