import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { reminders } from '../contract.ts'
import { words } from '../words.ts'
import { PromiseModal } from './PromiseModal.tsx'

type Promised = Out<typeof reminders.promises.gives>['rows'][number]
type Paused = Out<typeof reminders.pauses.gives>['rows'][number]
const TABS = [{ value: 'promises', label: '承诺缴费' }, { value: 'pauses', label: '暂停催缴' }]

export default function PromisesPage() {
  const [search, setSearch] = useSearchState()
  const tab = search['tab'] === 'pauses' ? 'pauses' : 'promises'
  const switcher = <Segmented aria-label="查看" value={tab} options={TABS} onChange={(v) => setSearch({ tab: String(v), page: undefined, state: undefined })} />
  return tab === 'pauses' ? <Pauses switcher={switcher} /> : <Promises switcher={switcher} />
}

const PROMISE_FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['promise']) }]
function Promises({ switcher }: { switcher: React.ReactNode }) {
  const { place_id } = usePlace()
  const list = useList(reminders.promises, { filters: PROMISE_FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const may = useMay()
  const [open, setOpen] = useState(false)
  const withdraw = useWrite(reminders.withdrawPromise, { done: '已撤回' })
  const columns: readonly Column<Promised>[] = [
    { key: 'house_label', title: '房号', width: 110, always: true, show: (r) => <Go to={`/property/houses/${r.house_id}?tab=bills`}>{r.house_label}</Go> },
    { key: 'payer_name', title: '承诺人', width: 110 },
    { key: 'amount_fen', title: '承诺金额', width: 120 },
    { key: 'paid_fen', title: '其后已缴', width: 120, show: (r) => <MoneyText fen={r.paid_fen} /> },
    { key: 'promised_on', title: '承诺日', width: 110 },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['promise']} tones={{ open: 'busy', kept: 'good', broken: 'bad' }} /> },
    { key: 'note', title: '说明', width: 150 },
    { key: 'taken_by_name', title: '登记人', width: 90 },
    { key: 'taken_at', title: '登记时间', width: 150 },
    { key: 'act', title: '操作', width: 90, show: (r) => (r.state === 'open' ? <CanButton size="small" can={r.can.withdraw} words={words} onClick={async () => { if (await confirm({ title: '撤回这项承诺?', content: '撤回后照方案继续催缴。', ok: '撤回' })) await withdraw.run({ promise_id: r.promise_id }, r.promise_id) }}>撤回</CanButton> : '—') },
  ]
  return (
    <>
      <ListPage {...list} title="承诺与暂停" name="reminders.promises" columns={columns} row_key="promise_id" empty={{ text: '没有承诺缴费的记录' }} actions={<>{switcher}{may('reminders.reminder.write') ? <Button type="primary" onClick={() => setOpen(true)}>登记承诺</Button> : null}</>} />
      {open ? <PromiseModal close={() => setOpen(false)} /> : null}
    </>
  )
}

const PAUSE_FILTERS: readonly Filter[] = [{ kind: 'check', name: 'live_only', label: '只看生效中' }]
function Pauses({ switcher }: { switcher: React.ReactNode }) {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(reminders.pauses, { filters: PAUSE_FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const end = useWrite(reminders.endPause, { done: '已解除' })
  const add = useWrite(reminders.pauseHouse, { in_form: true, done: '已暂停' })
  const [open, setOpen] = useState(false)
  const columns: readonly Column<Paused>[] = [
    { key: 'house_label', title: '房号', width: 110, always: true, show: (r) => <Go to={`/property/houses/${r.house_id}?tab=bills`}>{r.house_label}</Go> },
    { key: 'kind', title: '类别', width: 110, show: (r) => words.states?.['pause']?.[r.kind] },
    { key: 'reason', title: '原因', width: 240 },
    { key: 'from_on', title: '起', width: 110 },
    { key: 'until_on', title: '止(不含)', width: 110, show: (r) => r.until_on ?? '至解除' },
    { key: 'created_by_name', title: '登记人', width: 90 },
    { key: 'ended_at', title: '解除时间', width: 150 },
    { key: 'ended_by_name', title: '解除人', width: 90 },
    { key: 'act', title: '操作', width: 90, show: (r) => (r.ended_at ? '—' : <CanButton size="small" can={r.can.end} words={words} onClick={() => void end.run({ pause_id: r.pause_id }, r.pause_id)}>解除</CanButton>) },
  ]
  return (
    <>
      <ListPage
        {...list} title="承诺与暂停" name="reminders.pauses" columns={columns} row_key="pause_id" empty={{ text: '没有暂停催缴的房产' }}
        actions={<>{switcher}{may('reminders.reminder.write') ? <Button type="primary" onClick={() => setOpen(true)}>暂停一户</Button> : null}</>}
      />
      {open ? (
        <FormModal
          open onClose={() => setOpen(false)} title="暂停一户的催缴" call={reminders.pauseHouse} loading={add.running} submitError={add.error}
          fields={[{ name: 'house_id', label: '房产', control: (c) => <HousePicker {...c} /> }, 'reason', { name: 'until_on', help: '不填:到人工解除为止' }]}
          onSubmit={async (input) => { if (await add.run(input)) setOpen(false) }}
        />
      ) : null}
    </>
  )
}
