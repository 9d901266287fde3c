// 访客黑名单: who is not received, why, until when.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { access, type BarredRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、完整电话、车牌' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['barred']) }]
const HALF_YEAR = 180
export default function BarredPage() {
  const { place_id, places } = usePlace()
  const writes = useMay()('access.barred.write')
  const list = useList(access.barred, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const bar = useWrite(access.bar, { in_form: true, done: '已列入' })
  const lift = useWrite(access.liftBarred, { in_form: true, done: '已解除' })
  const [open, setOpen] = useState<'new' | BarredRow>()
  const columns = useMemo((): readonly Column<BarredRow>[] => [
    { key: 'name', title: '姓名', width: 100, always: true }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states!['barred']} tones={{ now: 'bad' }} /> }, { key: 'phone_masked', title: '电话', width: 115 }, { key: 'plate', title: '车牌', width: 95 }, { key: 'id_masked', title: '证件', width: 150 }, { key: 'reason', title: '原因', width: 180 }, { key: 'to_on', title: '止(不含)', width: 100 }, { key: 'community_name', title: '小区', width: 100, hidden: true }, { key: 'created_at', title: '登记', width: 165, show: (r) => `${r.created_name} ${instant(r.created_at).slice(0, 10)}` }, { key: 'lifted_reason', title: '解除', width: 140, hidden: true, show: (r) => (r.lifted_by ? `${r.lifted_by}:${r.lifted_reason ?? ''}` : '') },
    ...(writes ? [{ key: 'act', title: '操作', width: 75, show: (r: BarredRow) => <CanButton size="small" can={r.can.lift} words={words} onClick={() => setOpen(r)}>解除</CanButton> }] : []),
  ], [writes])
  const close = (): void => { setOpen(undefined); bar.reset(); lift.reset() }
  return (
    <>
      <ListPage {...list} title="访客黑名单" name="access.barred" columns={columns} row_key="barred_id" empty={{ text: '黑名单是空的' }} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>列入黑名单</Button> : null} />
      {open === 'new' ? <FormDrawer open onClose={close} title="列入访客黑名单" submit="列入" call={access.bar} loading={bar.running} submitError={bar.error} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, 'name', 'phone', 'plate', { name: 'id_number', help: '只保存摘要,用于核对' }, 'reason', { name: 'to_on', help: '最长一年,到期自动失效' }]} initial={{ community_id: place_id ?? places[0]?.id ?? '', name: '', phone: null, plate: null, id_number: null, reason: '', to_on: addDays(today(), HALF_YEAR) }} onSubmit={async (i) => { if (await bar.run(i)) close() }} /> : null}
      {open !== undefined && open !== 'new' ? <ReasonModal open title={`解除 ${open.name}`} loading={lift.running} submitError={lift.error} onClose={close} onConfirm={async (reason) => { if (await lift.run({ barred_id: open.barred_id, reason })) close() }} /> : null}
    </>
  )
}
