import { Button, Switch, Tag } from 'antd'
import { trimDecimal } from '../../../kernel/money.ts'
import { useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { words as propertyWords } from '../../property/words.ts'
import { billing, type FeeItemRow } from '../contract.ts'
import { words } from '../words.ts'
import { ItemDrawer } from './ItemDrawer.tsx'

const w = (state: string, key: string) => words.states?.[state]?.[key] ?? key
const kinds = (r: FeeItemRow) => r.house_kinds.map((k) => propertyWords.states?.['house_kind']?.[k] ?? k).join('、')

export default function ItemsPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const with_disabled = search['all'] === '1'
  const items = useRead(billing.feeItems, { ...(place_id ? { community_id: place_id } : {}), with_disabled }, { keep: true })
  const [adding, setAdding] = useState(false)
  // A new item has no price yet: its page is where it gets one.
  const go = useGo()
  return (
    <>
      <ReadPage
        title="收费项目与单价" loading={items.loading} error={items.error} retry={items.retry}
        actions={<><label className="hy-line"><Switch size="small" checked={with_disabled} onChange={(v) => setSearch({ all: v ? '1' : undefined })} /> 含已停用</label>{may('billing.item.write') ? <Button type="primary" onClick={() => setAdding(true)}>新增收费项目</Button> : null}</>}
      >
        <RowsTable
          label="收费项目" rows={items.data?.rows ?? []} row_key="fee_item_id" empty="还没有收费项目"
          next={places.length === 0 ? <Go to="/property/communities">先建立小区</Go> : may('billing.item.write') ? <Button onClick={() => setAdding(true)}>新增收费项目</Button> : null}
          columns={[
            { key: 'name', title: '收费项目', width: 160, show: (r) => <span><Go to={`/billing/items/${r.fee_item_id}`}>{r.name}</Go> {r.disabled ? <Tag>已停用</Tag> : null}</span> },
            { key: 'community_name', title: '小区', width: 120 },
            { key: 'shape', title: '计价方式', width: 150, show: (r) => `${w('pricing', r.shape)}${r.area_kind ? `(${w('area_kind', r.area_kind)})` : ''}` },
            { key: 'prices', title: '现行单价', width: 230, show: (r) => (r.tariff_id ? <Go to={`/tariff/tariffs/${r.tariff_id}`}>{`${r.tariff_name}(${r.component})`}</Go> : r.prices.length ? r.prices.map((p) => `${p.house_kind ? `${propertyWords.states?.['house_kind']?.[p.house_kind]} ` : ''}${trimDecimal(p.unit_price)} 元`).join(';') : <Tag color="error">未定价</Tag>) },
            { key: 'unit_name', title: '单位', width: 100 },
            { key: 'cycle', title: '周期', width: 150, show: (r) => `${w('cycle', r.cycle)}${r.season_from ? ` ${r.season_from} 至 ${r.season_to}` : ''}` },
            { key: 'kinds', title: '适用房产', width: 160, show: (r) => kinds(r) },
            { key: 'applies', title: '适用方式', width: 130, show: (r) => w('applies', r.applies) },
            { key: 'next', title: '下次调价', width: 150, show: (r) => (r.next_price ? `${r.next_price.from_on} 起 ${trimDecimal(r.next_price.unit_price)} 元` : '—') },
          ]}
        />
      </ReadPage>
      {adding ? <ItemDrawer close={() => setAdding(false)} done={(id) => go(`/billing/items/${id}`)} /> : null}
    </>
  )
}
