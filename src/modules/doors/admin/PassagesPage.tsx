// 通行记录: who came through which door, by what, what was refused and why.
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { doors, type PassageRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<PassageRow>[] = [
  { key: 'at', title: '时间', width: 160, always: true, show: (r) => instant(r.at) }, { key: 'door_name', title: '门', width: 150 }, { key: 'what', title: '事件', width: 105, show: (r) => <StateTag value={r.what} words={words.states!['what']} tones={{ open: 'good', refused: 'warn', forced: 'bad', held: 'bad' }} /> }, { key: 'way', title: '方式', width: 85, show: (r) => said('way', r.way) || '—' }, { key: 'who', title: '人员', width: 130, show: (r) => r.who ?? '—' }, { key: 'house_label', title: '房号', width: 95, show: (r) => r.house_label ?? '—' }, { key: 'card_tail', title: '卡尾号', width: 75, show: (r) => r.card_tail ?? '—' }, { key: 'why', title: '原因', width: 150, show: (r) => said('why', r.why) },
  { key: 'replay', title: '补传', width: 160, show: (r) => (r.replay ? `补传,${instant(r.received_at).slice(5, 16)} 收到` : '') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
]
/** A little before, so that whoever came is seen coming. */
const BEFORE_MS = 10_000
const FOOTAGE: Column<PassageRow> = { key: 'footage', title: '录像', width: 60, show: (r) => <Go to={`/video/playback?door_id=${r.door_id}&at=${new Date(Date.parse(r.at) - BEFORE_MS).toISOString()}`}>录像</Go> }
const WITH_FOOTAGE = [...COLUMNS, FOOTAGE]
export default function PassagesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const board = useRead(doors.board, place_id ? { community_id: place_id } : {}, { enabled: may('doors.door.read'), stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、房号、卡尾号' }, { kind: 'select', name: 'door_id', label: '门', options: (board.data?.rows ?? []).map((d) => ({ value: d.door_id, label: d.name })) }, { kind: 'select', name: 'what', label: '事件', options: optionsOf(words.states!['what']) }, { kind: 'select', name: 'way', label: '方式', options: optionsOf(words.states!['way']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '日期' }, { kind: 'check', name: 'replay', label: '只看补传' },
  ], [board.data])
  const list = useList(doors.passages, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="通行记录" name="doors.passages" columns={may('video.playback.watch') ? WITH_FOOTAGE : COLUMNS} row_key="passage_id" excel={may('doors.passage.export') ? doors.passagesExcel : undefined} empty={{ text: '没有通行记录' }} />
}
