// 车辆授权与月卡: who may park as what.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { parking, type PermitRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { PlateMark } from './parts.tsx'
import './parking.css'
import { PermitDrawer } from './PermitDrawer.tsx'

const COLUMNS: readonly Column<PermitRow>[] = [
  { key: 'plates', title: '车牌', width: 230, always: true, show: (r) => <span className="pk-near">{r.plates.map((p) => <PlateMark key={p} plate={p} small />)}</span> },
  { key: 'kind', title: '类别', width: 90, show: (r) => said('permit_kind', r.kind) }, { key: 'holder_name', title: '持有人', width: 100 }, { key: 'house_label', title: '房号', width: 100 }, { key: 'lot_name', title: '车场', width: 120 },
  { key: 'state', title: '状态', width: 110, show: (r) => (r.state === 'live' && !r.holds && r.kind !== 'black' ? <StateTag value="x" words={{ x: '未生效或到期' }} tones={{ x: 'warn' }} /> : <StateTag value={r.state} words={words.states!['permit_state']} tones={{ live: 'good', asked: 'busy', refused: 'bad', ended: 'plain' }} />) },
  { key: 'term_to_on', title: '有效至(不含)', width: 120, show: (r) => (r.kind === 'monthly' ? (r.term_to_on ?? '未缴费') : (r.to_on ?? '长期')) }, { key: 'unpaid_fen', title: '未缴租费', width: 90, show: (r) => <MoneyText fen={r.unpaid_fen} owed /> }, { key: 'places', title: '车位', width: 70, show: (r) => `${r.inside} / ${r.places}` }, { key: 'card_no', title: '卡号', width: 90 }, { key: 'holder_phone', title: '电话', width: 120, hidden: true }, { key: 'reason', title: '备注', width: 160, hidden: true },
]
export default function PermitsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const lots = useRead(parking.lots, place_id ? { community_id: place_id } : {}, { enabled: may('parking.lot.read'), stale_ms: 60_000 })
  const filters = useMemo<readonly Filter[]>(() => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '车牌、持有人、房号、卡号' },
    { kind: 'select', name: 'lot_id', label: '车场', options: (lots.data?.rows ?? []).map((l) => ({ value: l.lot_id, label: l.name })) },
    { kind: 'select', name: 'kind', label: '类别', options: optionsOf(words.states!['permit_kind']) },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['permit_state']) },
    { kind: 'check', name: 'ending', label: '15 天内到期' },
  ], [lots.data])
  const list = useList(parking.permits, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <>
      <ListPage {...list} title="车辆授权与月卡" name="parking.permits" columns={COLUMNS} row_key="permit_id" href={(r) => `/parking/permits/${r.permit_id}`} excel={may('parking.permit.export') ? parking.permitsExcel : undefined} empty={{ text: '还没有登记车辆授权' }} actions={may('parking.permit.write') ? <>{may('system.import.use') ? <Go to="/system/imports/new?kind=parking.permits"><Button>导入</Button></Go> : null}<Button type="primary" onClick={() => setAdding(true)}>登记车辆</Button></> : null} />
      {adding ? <PermitDrawer lots={lots.data?.rows ?? []} close={() => setAdding(false)} /> : null}
    </>
  )
}
