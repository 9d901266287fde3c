// 识别记录: each look of a camera and what was decided.
import { useMemo } from 'react'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { parking, type LookRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { DECISION_TONES, PlateMark } from './parts.tsx'
import './parking.css'

const COLUMNS: readonly Column<LookRow>[] = [
  { key: 'device_at', title: '时间', width: 150, always: true, show: (r) => <span>{instant(r.device_at)}{r.replay ? <StateTag value="r" words={{ r: '补传' }} /> : null}</span> },
  { key: 'plate', title: '车牌', width: 130, show: (r) => <PlateMark plate={r.plate} vehicle={r.vehicle} no_plate={r.no_plate} small /> }, { key: 'lane_name', title: '通道', width: 120, show: (r) => `${r.lane_name}(${said('direction', r.direction)})` }, { key: 'lot_name', title: '车场', width: 120 },
  { key: 'decision', title: '处置', width: 90, show: (r) => <StateTag value={r.decision} words={words.states!['decision']} tones={DECISION_TONES} /> }, { key: 'why', title: '原因', width: 170, show: (r) => said('why', r.why) }, { key: 'class', title: '类别', width: 90, show: (r) => said('class', r.class) }, { key: 'amount_fen', title: '应收', width: 80, show: (r) => <MoneyText fen={r.amount_fen} /> },
  { key: 'done', title: '处理', width: 160, show: (r) => (r.done ? `${said('done', r.done.what)} · ${r.done.by_name}` : '') }, { key: 'confidence', title: '可信度', width: 80 }, { key: 'stay_id', title: '停车记录', width: 90, show: (r) => (r.stay_id ? <Go to={`/parking/stays/${r.stay_id}`}>查看</Go> : '') },
  { key: 'has_picture', title: '照片', width: 70, show: (r) => (r.has_picture ? <a href={fileUrl(parking.lookPicture, { look_id: r.look_id })} target="_blank" rel="noreferrer">查看</a> : '') },
]
/** A little before, so that the car is seen coming. */
const BEFORE_MS = 10_000
const WITH_FOOTAGE: readonly Column<LookRow>[] = [...COLUMNS, { key: 'footage', title: '录像', width: 60, show: (r) => <Go to={`/video/playback?lane_id=${r.lane_id}&at=${new Date(Date.parse(r.device_at) - BEFORE_MS).toISOString()}`}>录像</Go> }]
export default function LooksPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const lots = useRead(parking.lots, place_id ? { community_id: place_id } : {}, { enabled: may('parking.lot.read'), stale_ms: 60_000 })
  const filters = useMemo<readonly Filter[]>(() => [
    { kind: 'text', name: 'q', label: '车牌', placeholder: '车牌或末四位' },
    { kind: 'select', name: 'lot_id', label: '车场', options: (lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: l.name })) },
    { kind: 'select', name: 'decision', label: '处置', options: optionsOf(words.states!['decision']) },
    { kind: 'check', name: 'replay', label: '只看补传' },
    { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
  ], [lots.data])
  const list = useList(parking.looks, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="识别记录" name="parking.looks" columns={may('video.playback.watch') ? WITH_FOOTAGE : COLUMNS} row_key="look_id" excel={may('parking.stay.export') ? parking.looksExcel : undefined} empty={{ text: '还没有识别记录' }} />
}
