// 车场设置: the lots with how full they are and which cameras are heard.
import { Button, Select, Switch } from 'antd'
import { useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { parking } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { PresetDrawer } from './RuleDrawer.tsx'

export default function LotsPage() {
  const { place_id } = usePlace()
  const writes = useMay()('parking.lot.write')
  const [search, setSearch] = useSearchState()
  const with_retired = search['retired'] === '1'
  const lots = useRead(parking.lots, { ...(place_id ? { community_id: place_id } : {}), with_retired })
  const preset = useRead(parking.lotPreset, {}, { stale_ms: 60_000 })
  const [adding, setAdding] = useState(false)
  const [begin, setBegin] = useState(false)
  return (
    <ReadPage title="车场设置" loading={lots.loading} error={lots.error} retry={lots.retry} actions={<><label className="hy-line"><Switch size="small" checked={with_retired} onChange={(v) => setSearch({ retired: v ? '1' : undefined })} aria-label="显示已停用" /> 显示已停用</label>{preset.data?.whole ? <Button onClick={() => setBegin(true)}>默认规则</Button> : null}{writes ? <Button type="primary" onClick={() => setAdding(true)}>新增车场</Button> : null}</>}>
      <div className="hy-card">
        {lots.data?.rows.length === 0 ? <EmptyBlock text="还没有车场" /> : (
          <RowsTable
            cards label="车场" rows={lots.data?.rows ?? []} row_key="lot_id" empty="还没有车场"
            columns={[
              { key: 'name', title: '车场', width: 170, show: (l) => <span className="hy-line"><Go to={`/parking/lots/${l.lot_id}`}>{l.name}</Go>{l.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> },
              { key: 'community_name', title: '小区', width: 130 }, { key: 'building_name', title: '所在楼栋', width: 120 },
              { key: 'inside', title: '在场 / 总车位', width: 120, show: (l) => (l.capacity === null ? <span className="hy-red">还没有规则</span> : <span className="hy-num">{l.inside} / {l.capacity}</span>) },
              { key: 'residents', title: '其中固定车', width: 100 },
              { key: 'tariff_name', title: '临停价目', width: 150, show: (l) => l.tariff_name ?? '不收费' },
              { key: 'belongs_to', title: '收入归属', width: 110, show: (l) => said('belongs_to', l.belongs_to) },
              { key: 'lane_count', title: '通道', width: 70 },
              { key: 'camera_count', title: '相机', width: 130, show: (l) => <span>{l.camera_count}{l.offline_count > 0 ? <span className="hy-red">(离线 {l.offline_count})</span> : null}</span> },
            ]}
          />
        )}
      </div>
      {adding ? <LotModal close={() => setAdding(false)} /> : null}
      {begin ? <PresetDrawer close={() => setBegin(false)} /> : null}
    </ReadPage>
  )
}

export function LotModal({ row, close }: { row?: { lot_id: string; building_id: string; name: string; belongs_to: 'service' | 'company' | 'public_income'; retired: boolean; community_id: string }; close: () => void }) {
  const { place_id, places } = usePlace()
  const go = useGo()
  const save = useWrite(parking.saveLot, { in_form: true, done: '已保存' })
  const [community_id, setCommunity] = useState(row?.community_id ?? place_id ?? places[0]?.id ?? '')
  const tree = useRead(property.tree, { community_id }, { enabled: community_id !== '', stale_ms: 60_000 })
  const buildings = (tree.data?.communities.find((m) => m.community_id === community_id)?.buildings ?? []).toSorted((a, b) => Number(b.kind === 'car_park') - Number(a.kind === 'car_park'))
  return (
    <FormModal
      open onClose={close} title={row ? `修改 ${row.name}` : '新增车场'} call={parking.saveLot} loading={save.running} submitError={save.error} words={{ belongs_to: words.states!['belongs_to'] }}
      note={row ? undefined : <div className="hy-stack">{places.length > 1 ? <label className="hy-stack"><span>小区</span><Select aria-label="小区" value={community_id} onChange={setCommunity} options={places.map((p) => ({ value: p.id, label: p.name }))} /></label> : null}<p className="hy-muted">系统会在所选楼栋建一个「临停收款户」,临停账单、收据和退款都记在它名下。</p></div>}
      fields={['name', { name: 'building_id', kind: 'select', options: buildings.map((b) => ({ value: b.building_id, label: b.name })), help: '一般选停车场楼栋' }, 'belongs_to', ...(row ? (['retired'] as const) : [])]}
      fixed={row ? { lot_id: row.lot_id } : { retired: false }} initial={{ name: row?.name ?? '', ...(row ? { building_id: row.building_id } : buildings[0] ? { building_id: buildings[0].building_id } : {}), belongs_to: row?.belongs_to ?? 'public_income', retired: row?.retired ?? false }}
      onSubmit={async (i) => { const done = await save.run(i); if (done) { close(); if (!row) go(`/parking/lots/${done.lot_id}`) } }}
    />
  )
}
