// 回访: what is to be asked about, oldest first; the answer is kept, and what was not solved is opened again from the order.
import { Alert } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type VisitRow } from '../contract.ts'
import { TONE } from '../shown.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'box', label: '回访', options: [{ value: 'waiting', label: '待回访' }, { value: 'done', label: '已回访' }] }]

export default function VisitsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(orders.visits, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const save = useWrite(orders.saveVisit, { in_form: true, done: '已记录回访' })
  const [row, setRow] = useState<VisitRow>()
  const [unsolved, setUnsolved] = useState<VisitRow>()
  const close = () => { setRow(undefined); save.reset() }
  const columns: readonly Column<VisitRow>[] = [
    { key: 'no', title: '工单号', width: 135, always: true }, { key: 'place', title: '位置', width: 150 }, { key: 'category', title: '分类', width: 130 }, { key: 'reporter_name', title: '报修人', width: 90 }, { key: 'assignee_name', title: '处理人', width: 90 },
    { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> }, { key: 'rating', title: '评分', width: 70, show: (r) => (r.rating ? <span className={r.rating <= 3 ? 'hy-red hy-strong' : ''}>{r.rating} 分</span> : '—') }, { key: 'round_no', title: '返修', width: 65, show: (r) => (r.round_no > 1 ? `${r.round_no - 1} 次` : '—') },
    { key: 'visit', title: '上次回访', width: 230, show: (r) => (r.visit ? `${instant(r.visit.visited_at).slice(5)} ${r.visit.reached ? `${r.visit.solved ? '已解决' : '未解决'}${r.visit.satisfaction ? `,${r.visit.satisfaction} 分` : ''}` : '未联系上'}${r.visit.words ? `:${r.visit.words}` : ''}` : '—') },
    { key: 'act', title: '操作', width: 90, show: (r) => (may('orders.visit.write') ? <a role="button" tabIndex={0} onClick={() => setRow(r)} onKeyDown={(e) => { if (e.key === 'Enter') setRow(r) }}>记录回访</a> : null) },
  ]
  return (
    <>
      <ListPage {...list} title="回访" name="orders.visits" columns={columns} row_key="order_id" href={(r) => `/orders/list/${r.order_id}`} empty={{ text: '没有要回访的工单' }}
        note={unsolved ? <Alert type="warning" showIcon closable={{ onClose: () => setUnsolved(undefined) }} title={<>工单 {unsolved.no} 业户说没有解决:<Go to={`/orders/list/${unsolved.order_id}`}>打开工单,点「重开」</Go></>} /> : null} />
      {row ? (
        <FormDrawer
          key={row.order_id} open onClose={close} title={`回访 ${row.no} ${row.place}`} call={orders.saveVisit} loading={save.running} submitError={save.error} fixed={{ order_id: row.order_id }} words={{ way: words.states?.['way'] }}
          note={<p className="hy-muted">{row.category} · {row.words} · 处理人 {row.assignee_name ?? '—'}{row.rating ? ` · 业户评分 ${row.rating}` : ''}。电话在工单页「显示」。</p>}
          fields={['way', { name: 'reached', help: '没有联系上的仍留在待回访' }, { name: 'solved', when: (v) => v['reached'] === true }, { name: 'satisfaction', kind: 'select', when: (v) => v['reached'] === true, options: [5, 4, 3, 2, 1].map((n) => ({ value: n as unknown as string, label: `${n} 分` })) }, { name: 'words', kind: 'area' }]}
          initial={{ way: 'phone', reached: true, solved: true }}
          onSubmit={async (i) => { if (await save.run(i)) { if (i.reached && i.solved === false) setUnsolved(row); close() } }}
        />
      ) : null}
    </>
  )
}
