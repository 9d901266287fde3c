// What was told to one address, and what it answered.
import { Button } from 'antd'
import { useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { open, type DeliveryRow } from '../contract.ts'
import { words } from '../words.ts'

const REFRESH_MS = 5000
const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['delivery']) }]
export default function DeliveriesPage() {
  const hook_id = useParam('hook_id')
  const hooks = useRead(open.hooks, {}, { stale_ms: 60_000 })
  const again = useWrite(open.redeliver, { done: '已重新推送' })
  const list = useList(open.deliveries, { filters: FILTERS, fixed: { hook_id }, refresh_ms: REFRESH_MS })
  const columns: readonly Column<DeliveryRow>[] = [
    { key: 'made_at', title: '事件时间', width: 155, always: true, show: (r) => instant(r.made_at, { seconds: true }) }, { key: 'event', title: '事件', width: 120, show: (r) => words.states?.['event']?.[r.event] ?? r.event }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['delivery']} tones={{ waiting: 'busy', done: 'good', failed: 'bad' }} /> }, { key: 'tries_count', title: '已试', width: 60 }, { key: 'status_code', title: '应答码', width: 75 }, { key: 'took_ms', title: '耗时(毫秒)', width: 95 }, { key: 'why', title: '原因', width: 200 }, { key: 'tried_at', title: '最近一次', width: 155, show: (r) => instant(r.tried_at, { seconds: true }) }, { key: 'payload', title: '内容', width: 300 }, { key: 'event_id', title: '事件编号', width: 280, hidden: true },
    { key: 'act', title: '操作', width: 95, show: (r) => (r.state === 'done' ? null : <Button size="small" onClick={() => void again.run({ delivery_id: r.delivery_id }, r.delivery_id)}>重新推送</Button>) },
  ]
  const name = hooks.data?.rows.find((h) => h.hook_id === hook_id)?.name
  return <ListPage {...list} title={name ? `${name}:推送记录` : '推送记录'} name="open.deliveries" columns={columns} row_key="delivery_id" empty={{ text: '还没有推送过' }} />
}
