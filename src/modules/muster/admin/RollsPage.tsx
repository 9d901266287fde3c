// 集合点名: each emergency and drill with its counts; names are on the roll alone.
import { Button } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { muster, type RollRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['roll']) }]
const COLUMNS: readonly Column<RollRow>[] = [
  { key: 'title', title: '点名', width: 220, always: true }, { key: 'cause', title: '缘由', width: 75, show: (r) => <StateTag value={r.cause} words={words.states!['cause']} tones={{ fire: 'bad', emergency: 'bad', drill: 'busy' }} /> }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['roll']} tones={{ open: 'bad' }} /> }, { key: 'total_count', title: '名单', width: 70 }, { key: 'safe_count', title: '已到', width: 70 }, { key: 'help_count', title: '请求帮助', width: 85, show: (r) => (r.help_count > 0 ? <span className="hy-red">{r.help_count}</span> : 0) }, { key: 'left_count', title: '未到', width: 70, show: (r) => (r.left_count > 0 ? <span className="hy-red">{r.left_count}</span> : 0) },
  { key: 'started_at', title: '发起', width: 190, show: (r) => `${instant(r.started_at).slice(0, 16)} ${r.started_name}` }, { key: 'closed_at', title: '结束', width: 190, show: (r) => (r.closed_at ? `${instant(r.closed_at).slice(0, 16)} ${r.closed_name ?? ''}` : '') }, { key: 'note', title: '说明', width: 180, hidden: true }, { key: 'community_name', title: '小区', width: 100, hidden: true },
]
export default function RollsPage() {
  const { place_id, places } = usePlace()
  const works = useMay()('muster.roll.work')
  const go = useGo()
  const list = useList(muster.rolls, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: 15_000 })
  const start = useWrite(muster.startRoll, { in_form: true, done: (a) => `已发起,名单 ${a.total_count} 人` })
  const [open, setOpen] = useState(false)
  return (
    <>
      <ListPage {...list} title="集合点名" name="muster.rolls" columns={COLUMNS} row_key="roll_id" href={(r) => `/muster/rolls/${r.roll_id}`} empty={{ text: '还没有点过名' }} actions={works ? <Button type="primary" onClick={() => setOpen(true)}>发起点名</Button> : null} />
      {open ? <FormModal open onClose={() => { setOpen(false); start.reset() }} title="发起点名" submit="发起" call={muster.startRoll} loading={start.running} submitError={start.error} words={{ cause: words.states!['cause'] }} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, 'cause', { name: 'title', help: '如:3 栋消防演练' }]} initial={{ community_id: place_id ?? places[0]?.id ?? '', cause: 'drill', title: '' }} onSubmit={async (i) => { const a = await start.run(i); if (a) go(`/muster/rolls/${a.roll_id}`) }} /> : null}
    </>
  )
}
