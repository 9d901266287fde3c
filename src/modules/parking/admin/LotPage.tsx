// 车场: rules by version, lanes with their cameras, zones.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, money, yen } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { parking, type LotDetail, type LotRule } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { LanesTab } from './LanesTab.tsx'
import { LotModal } from './LotsPage.tsx'
import './parking.css'
import { RuleDrawer, closedText } from './RuleDrawer.tsx'
import { TryTab } from './TryTab.tsx'

/** While a camera is being read somebody waits for it. */
const READING_MS = 2_000
export default function LotPage() {
  const lot_id = useParam('lot_id')
  const [reading, setReading] = useState(false)
  const lot = useRead(parking.lot, { lot_id }, { refresh_ms: reading ? READING_MS : 15_000 })
  const waits = lot.data?.lanes.some((n) => n.cameras.some((k) => k.read_waiting)) ?? false
  if (waits !== reading) setReading(waits)
  const [editing, setEditing] = useState(false)
  const [ruling, setRuling] = useState<Partial<LotRule>>()
  const l = lot.data
  const r = l?.rule
  return (
    <>
      <DetailPage
        title={l?.name ?? '车场'} loading={lot.loading} error={lot.error} retry={lot.retry} back="/parking/lots"
        tags={l?.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}
        actions={l ? <><CanButton can={l.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton><CanButton can={l.can.write} words={words} type="primary" onClick={() => setRuling({})}>发布新规则</CanButton></> : null}
        facts={l ? [
          ['小区', l.community_name], ['所在楼栋', l.building_name], ['在场 / 总车位', r ? `${l.inside} / ${r.capacity}` : '还没有规则'], ['固定车在场 / 预留', r ? `${l.residents} / ${r.reserved}` : null], ['临停价目', l.tariff_name ?? '不收费'], ['收入归属', said('belongs_to', l.belongs_to)], ['临停收款户', l.house_label], ['车场代码', l.code],
          ['外来车辆禁入', r ? closedText(r.closed) : null], ['满位', r ? (r.full_stop ? '不再放入' : '仍放入') : null], ['同户超位', r ? said('overflow', r.overflow) : null], ['不准进入', r ? r.refused_kinds.map((k) => said('vehicle', k)).join('、') || '不限' : null], ['无入场记录', r ? yen(r.no_entry_fen) : null], ['补卡', r ? yen(r.lost_card_fen) : null], ['限高 / 限重', r && (r.max_height_cm !== null || r.max_weight_kg !== null) ? `${r.max_height_cm === null ? '不限' : `${r.max_height_cm / 100} 米`} / ${r.max_weight_kg === null ? '不限' : `${r.max_weight_kg / 1000} 吨`}` : null],
        ] : []}
        tabs={l ? [
          { key: 'lanes', label: '通道与相机', badge: l.offline_count || undefined, children: () => <LanesTab l={l} /> },
          { key: 'rules', label: '规则版本', children: () => <RulesTab l={l} /> },
          { key: 'try', label: '规则试算', children: () => <TryTab key={l.rule?.rule_id ?? 'none'} l={l} publish={setRuling} /> },
          { key: 'prices', label: '月卡价格', children: () => <PricesTab l={l} /> },
          { key: 'zones', label: '分区', children: () => <ZonesTab l={l} /> },
        ] : []}
      />
      {editing && l ? <LotModal row={l} close={() => setEditing(false)} /> : null}
      {ruling && l ? <RuleDrawer l={l} tried={ruling} close={() => setRuling(undefined)} /> : null}
    </>
  )
}

function RulesTab({ l }: { l: LotDetail }) {
  return (
    <RowsTable
      label="规则版本" rows={l.rules} row_key="rule_id" empty="还没有规则,请点「发布新规则」"
      columns={[
        { key: 'from_on', title: '生效日', width: 150, show: (r) => <span className="hy-line">{r.from_on}{r.rule_id === l.rule?.rule_id ? <StateTag value="n" words={{ n: '现行' }} tones={{ n: 'good' }} /> : r.from_on > today() ? <StateTag value="f" words={{ f: '未生效' }} tones={{ f: 'busy' }} /> : null}</span> },
        { key: 'capacity', title: '车位', width: 70 }, { key: 'reserved', title: '预留', width: 70 }, { key: 'tariff_name', title: '临停价目', width: 130, show: (r) => r.tariff_name ?? '不收费' }, { key: 'closed', title: '禁入时段', width: 190, show: (r) => closedText(r.closed) },
        { key: 'overflow', title: '同户超位', width: 180, show: (r) => said('overflow', r.overflow) }, { key: 'no_entry_fen', title: '无入场', width: 80, show: (r) => money(r.no_entry_fen) }, { key: 'window_s', title: '去重(秒)', width: 80 }, { key: 'keep_days', title: '保存(天)', width: 80 }, { key: 'note', title: '依据', width: 140 }, { key: 'by_name', title: '发布人', width: 90 }, { key: 'created_at', title: '发布时间', width: 140, show: (r) => instant(r.created_at) },
      ]}
    />
  )
}

function PricesTab({ l }: { l: LotDetail }) {
  const prices = useRead(parking.passPrices, { lot_id: l.lot_id })
  const save = useWrite(parking.publishPassPrice, { in_form: true, done: '已发布' })
  const [open, setOpen] = useState(false)
  return (
    <div className="hy-stack">
      {l.can.write === true ? <div><Button type="primary" onClick={() => setOpen(true)}>发布月卡价格</Button></div> : null}
      <RowsTable label="月卡价格" rows={prices.data?.rows ?? []} row_key="price_id" empty="还没有月卡价格,业主不能申请月卡" columns={[{ key: 'from_on', title: '生效日', width: 150, show: (p) => <span className="hy-line">{p.from_on}{p.state === 'now' ? <StateTag value="n" words={{ n: '现行' }} tones={{ n: 'good' }} /> : null}</span> }, { key: 'month_fen', title: '每月', width: 110, show: (p) => money(p.month_fen) }, { key: 'note', title: '依据', width: 240 }]} />
      {open ? <FormModal open onClose={() => { setOpen(false); save.reset() }} title="发布月卡价格" submit="发布" call={parking.publishPassPrice} loading={save.running} submitError={save.error} fields={['from_on', 'month_fen', 'note']} fixed={{ lot_id: l.lot_id }} initial={{ from_on: today(), note: null }} onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }} /> : null}
    </div>
  )
}

function ZonesTab({ l }: { l: LotDetail }) {
  const save = useWrite(parking.saveZone, { in_form: true, done: '已保存' })
  const [edit, setEdit] = useState<{ row?: LotDetail['zones'][number] }>()
  const close = (): void => { setEdit(undefined); save.reset() }
  const writes = l.can.write === true
  return (
    <div className="hy-stack">
      {writes ? <div><Button type="primary" onClick={() => setEdit({})}>新增分区</Button></div> : null}
      <RowsTable label="分区" rows={l.zones} row_key="zone_id" empty="没有分区:按全场车位数控制" columns={[{ key: 'name', title: '分区', width: 160, show: (z) => <span className="hy-line">{z.name}{z.retired ? <StateTag value="r" words={{ r: '停用' }} /> : null}</span> }, { key: 'inside', title: '在场 / 车位', width: 120, show: (z) => `${z.inside} / ${z.capacity}` }, ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (z: LotDetail['zones'][number]) => <Button size="small" onClick={() => setEdit({ row: z })}>修改</Button> }] : [])]} />
      {edit ? <FormModal key={edit.row?.zone_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增分区'} call={parking.saveZone} loading={save.running} submitError={save.error} fields={['name', 'capacity', ...(edit.row ? (['retired'] as const) : [])]} fixed={{ lot_id: l.lot_id, ...(edit.row ? { zone_id: edit.row.zone_id } : { retired: false }) }} initial={{ name: edit.row?.name ?? '', capacity: edit.row?.capacity ?? 50, retired: edit.row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </div>
  )
}
