// 拒入记录: cars that were not let in, with the reason and who said so.
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { parking, type TurnedRow } from '../contract.ts'
import { words } from '../words.ts'
import { PlateMark } from './parts.tsx'

const COLUMNS: readonly Column<TurnedRow>[] = [
  { key: 'at', title: '时间', width: 150, always: true, show: (r) => instant(r.at) }, { key: 'kind', title: '原因', width: 120, show: (r) => <StateTag value={r.kind} words={words.states!['turned']} tones={{ hazard: 'bad', over_height: 'warn', over_weight: 'warn' }} /> },
  { key: 'plate', title: '车牌', width: 130, show: (r) => (r.plate ? <PlateMark plate={r.plate} small /> : '没有看清') }, { key: 'detail', title: '说明', width: 220 }, { key: 'lot_name', title: '车场', width: 120 }, { key: 'lane_name', title: '通道', width: 110 }, { key: 'by_name', title: '登记人', width: 100 },
]
export function TurnedAway() {
  const { place_id } = usePlace()
  const may = useMay()
  const lots = useRead(parking.lots, place_id ? { community_id: place_id } : {}, { enabled: may('parking.lot.read'), stale_ms: 60_000 })
  const filters = useMemo<readonly Filter[]>(() => [
    { kind: 'select', name: 'kind', label: '原因', options: optionsOf(words.states!['turned']) },
    { kind: 'select', name: 'lot_id', label: '车场', options: (lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: l.name })) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
  ], [lots.data])
  const list = useList(parking.turnedAway, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} inside title="拒入记录" name="parking.turned" columns={COLUMNS} row_key="turned_id" excel={may('parking.stay.export') ? parking.turnedAwayExcel : undefined} empty={{ text: '没有拒入的车' }} />
}
