// 有偿服务价目: items and their prices by day.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { orders, type ServiceItem } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

type Editing = { kind: 'item'; row?: ServiceItem } | { kind: 'price'; row: ServiceItem }
export function PricesTab() {
  const { place_id, places } = usePlace()
  const items = useRead(orders.serviceItems, { with_retired: true, ...(place_id ? { community_id: place_id } : {}) })
  const writes = useMay()('orders.setup.write')
  const save = useWrite(orders.saveServiceItem, { in_form: true, done: '已保存' })
  const price = useWrite(orders.publishServicePrice, { in_form: true, done: '已设定单价' })
  const [edit, setEdit] = useState<Editing>()
  if (items.error) return <ErrorBlock error={items.error} retry={items.retry} />
  if (!items.data) return <LoadingBlock />
  const close = () => { setEdit(undefined); save.reset(); price.reset() }
  return (
    <div className="hy-stack">
      <div className="hy-line">{writes ? <Button type="primary" onClick={() => setEdit({ kind: 'item' })}>新增项目</Button> : null}<span className="hy-muted">业主端同步公示;维修人员按当日单价报价,业户签字后完工出账。小区自己的单价先于公司的。</span></div>
      <RowsTable
        label="有偿服务价目" rows={items.data.rows} row_key="item_id" empty="还没有价目,先新增项目,再设单价"
        columns={[
          { key: 'kind', title: '类别', width: 70, show: (i) => said('service_kind', i.kind) },
          { key: 'name', title: '项目', width: 220, show: (i) => <span className="hy-line">{i.name}{i.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : null}</span> },
          { key: 'unit', title: '单位', width: 70 },
          { key: 'price', title: '单价(元)', width: 130, show: (i) => (i.price ? `${i.price.unit_price}${i.price.own ? '(本小区)' : ''}` : <span className="hy-red">未设</span>) },
          { key: 'from_on', title: '生效日', width: 190, show: (i) => `${i.price?.from_on ?? '—'}${i.next ? `;${i.next.from_on} 起 ${i.next.unit_price}` : ''}` },
          { key: 'note', title: '说明', width: 180 },
          ...(writes ? [{ key: 'act', title: '操作', width: 150, show: (i: ServiceItem) => <span className="hy-line"><Button size="small" onClick={() => setEdit({ kind: 'price', row: i })}>单价</Button><Button size="small" onClick={() => setEdit({ kind: 'item', row: i })}>修改</Button></span> }] : []),
        ]}
      />
      {edit?.kind === 'item' ? (
        <FormModal
          key={edit.row?.item_id ?? 'new'} open onClose={close} title={edit.row ? `修改 ${edit.row.name}` : '新增有偿服务项目'} call={orders.saveServiceItem} loading={save.running} submitError={save.error} words={{ kind: words.states?.['service_kind'] }}
          fields={['kind', { name: 'name', placeholder: '如:水龙头(铜,4 分)' }, { name: 'unit', placeholder: '个、次、小时、米' }, 'note', 'sort_no', { name: 'retired', help: '停用后不能再选,已有报价不变' }]} fixed={edit.row ? { item_id: edit.row.item_id } : {}}
          initial={{ kind: edit.row?.kind ?? 'labour', name: edit.row?.name ?? '', unit: edit.row?.unit ?? '次', note: edit.row?.note ?? null, sort_no: edit.row?.sort_no ?? 100, retired: edit.row?.retired ?? false }} onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
      {edit?.kind === 'price' ? (
        <FormModal
          key={edit.row.item_id} open onClose={close} title={`单价:${edit.row.name}(元/${edit.row.unit})`} call={orders.publishServicePrice} loading={price.running} submitError={price.error} note={<p className="hy-muted">从生效日起报价按新单价;已签字的报价不变。</p>}
          fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), help: '不选为全公司' }, 'from_on', 'unit_price']} fixed={{ item_id: edit.row.item_id }} initial={{ community_id: null, from_on: today(), unit_price: edit.row.price?.unit_price ?? '' }} onSubmit={async (i) => { if (await price.run({ ...i, community_id: i.community_id || null })) close() }}
        />
      ) : null}
    </div>
  )
}
