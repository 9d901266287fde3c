// 停车记录: one row a passage through a lot.
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { parking, type StayRow } from '../contract.ts'
import { said, stayText } from '../shown.ts'
import { words } from '../words.ts'
import { PLATE_TONES, PlateMark } from './parts.tsx'
import './parking.css'

const COLUMNS: readonly Column<StayRow>[] = [
  { key: 'plate', title: '车牌', width: 130, always: true, show: (r) => <PlateMark plate={r.plate} vehicle={r.vehicle} no_plate={r.no_plate} small /> },
  { key: 'lot_name', title: '车场', width: 120 }, { key: 'class', title: '类别', width: 90, show: (r) => said('class', r.class) }, { key: 'entered_at', title: '入场', width: 140, show: (r) => (r.no_entry ? <span className="hy-red">无入场记录</span> : instant(r.entered_at)) }, { key: 'entry_lane', title: '入口', width: 100 },
  { key: 'left_at', title: '离场', width: 140, show: (r) => (r.left_at ? instant(r.left_at) : '') }, { key: 'exit_lane', title: '出口', width: 100 }, { key: 'minutes', title: '停放', width: 110, show: (r) => stayText(r.minutes) },
  { key: 'state', title: '状态', width: 100, show: (r) => (r.debt ? <StateTag value="d" words={{ d: '未缴离场' }} tones={{ d: 'bad' }} /> : <StateTag value={r.state} words={words.states!['stay_state']} tones={PLATE_TONES} />) },
  { key: 'due_fen', title: '应收', width: 90, show: (r) => <MoneyText fen={r.due_fen} /> }, { key: 'paid_fen', title: '已收', width: 90, show: (r) => <MoneyText fen={r.paid_fen} /> }, { key: 'vehicle', title: '车型', width: 80, hidden: true, show: (r) => said('vehicle', r.vehicle) },
]
export default function StaysPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const lots = useRead(parking.lots, place_id ? { community_id: place_id } : {}, { enabled: may('parking.lot.read'), stale_ms: 60_000 })
  const filters = useMemo<readonly Filter[]>(() => [
    { kind: 'text', name: 'q', label: '车牌', placeholder: '车牌或末四位' },
    { kind: 'select', name: 'lot_id', label: '车场', options: (lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: l.name })) },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['stay_state']) },
    { kind: 'select', name: 'class', label: '类别', options: optionsOf(words.states!['class']) },
    { kind: 'check', name: 'debt', label: '未缴离场' },
    { kind: 'days', names: ['from_on', 'to_on'], label: '入场日' },
    { kind: 'days', names: ['left_from_on', 'left_to_on'], label: '离场日' },
  ], [lots.data])
  const list = useList(parking.stays, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="停车记录" name="parking.stays" columns={COLUMNS} row_key="stay_id" href={(r) => `/parking/stays/${r.stay_id}`} excel={may('parking.stay.export') ? parking.staysExcel : undefined} totals={(d) => ({ paid_fen: yen(d.paid_sum_fen) })} empty={{ text: '还没有停车记录' }} />
}
