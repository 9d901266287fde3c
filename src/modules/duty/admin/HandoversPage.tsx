// 交接班记录: who handed over to whom, what was counted and open, both signatures.
import { Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { Facts } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { duty, type Handover } from '../contract.ts'
import { HANDOVER_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import './duty.css'

const COLUMNS: readonly Column<Handover>[] = [
  { key: 'to_day', title: '接班日', width: 105, always: true }, { key: 'room_name', title: '值班室', width: 130 }, { key: 'to_shift_name', title: '班次', width: 130, show: (h) => `${h.shift_name ?? '(单独上岗)'} → ${h.to_shift_name}` },
  { key: 'state', title: '状态', width: 130, show: (h) => <span className="hy-line"><StateTag value={h.state} words={words.states?.['handover']} tones={HANDOVER_TONE} />{h.late_minutes ? <span className="hy-red">迟 {h.late_minutes} 分</span> : null}</span> },
  { key: 'out_name', title: '交班人', width: 90, show: (h) => h.out_name ?? '—' }, { key: 'out_at', title: '交班时间', width: 140 }, { key: 'in_name', title: '接班人', width: 90 }, { key: 'in_at', title: '接班时间', width: 140 },
  { key: 'counts', title: '清点', width: 170, show: (h) => (h.counts.length === 0 ? '—' : h.short ? <span className="hy-red">{h.counts.filter((x) => x.found !== x.count).map((x) => `${x.name} ${x.found}/${x.count}`).join('、')}</span> : `${h.counts.length} 项相符`) }, { key: 'opens', title: '未完事项', width: 90, align: 'right', show: (h) => h.opens.length || '0' }, { key: 'note', title: '交班说明', width: 200 }, { key: 'community_name', title: '小区', width: 100, hidden: true },
]
export default function HandoversPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const rooms = useRead(duty.rooms, { ...(place_id ? { community_id: place_id } : {}), retired: true }, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [{ kind: 'select', name: 'room_id', label: '值班室', options: (rooms.data?.rows ?? []).map((r) => ({ value: r.room_id, label: r.name })), loading: rooms.loading }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['handover']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '接班日' }], [rooms.data, rooms.loading])
  const list = useList(duty.handovers, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<Handover>()
  return (
    <>
      <ListPage {...list} title="交接班记录" name="duty.handovers" columns={COLUMNS} row_key="handover_id" open={setOpen} excel={may('duty.room.export') ? duty.handoversExcel : undefined} empty={{ text: '没有符合条件的交接班记录' }} />
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} size={560} title={open ? `${open.room_name} ${open.to_day} ${open.to_shift_name}` : ''}>{open ? <Detail h={open} /> : null}</Drawer>
    </>
  )
}
function Detail({ h }: { h: Handover }) {
  const sign = (of: 'out' | 'in', name: string | null) => (name ? <figure key={of}><img className="du-sign" alt={`${name} 的签名`} src={fileUrl(duty.handoverSignature, { handover_id: h.handover_id, of })} /><figcaption>{of === 'out' ? '交班' : '接班'}:{name}</figcaption></figure> : null)
  return (
    <div className="hy-stack">
      <Facts facts={[['状态', said('handover', h.state)], ['交班', h.out_name ? `${h.out_name} ${instant(h.out_at)}` : '没有人交班'], ['接班', h.in_name ? `${h.in_name} ${instant(h.in_at)}` : '—'], ['交班说明', h.note], ['接班说明', h.in_note], ['原因', h.end_reason]]} />
      <h3>清点</h3>
      <RowsTable label="清点" rows={h.counts} row_key="thing_id" empty="没有清点" columns={[{ key: 'name', title: '物品', width: 140 }, { key: 'count', title: '应有', width: 70, align: 'right' }, { key: 'found', title: '实有', width: 70, align: 'right', show: (x) => <span className={x.found === x.count ? '' : 'hy-red hy-strong'}>{x.found}</span> }, { key: 'note', title: '说明', width: 180 }]} />
      <h3>未完事项</h3>
      {h.opens.length === 0 ? <p className="hy-muted">没有</p> : <ul>{h.opens.map((x) => <li key={x.id}>{said('open', x.kind)}:{x.text}</li>)}</ul>}
      <div className="hy-line">{sign('out', h.out_at ? h.out_name : null)}{sign('in', h.state === 'taken' ? h.in_name : null)}</div>
    </div>
  )
}
